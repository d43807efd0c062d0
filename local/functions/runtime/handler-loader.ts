import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A handler that answers with a promise; callbacks ended with nodejs22.x. */
export type Handler = (event: unknown, context: unknown) => unknown;

/** A bundle that cannot be started: `name` is the error type Lambda reports. */
export class HandlerLoadError extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/**
 * Loads `<module>.<export>` from a bundle, ES module or CommonJS, as the Node.js runtime of Lambda does.
 * @throws HandlerLoadError for a missing module or export, a syntax error, a callback handler; what the module itself
 * throws while it loads passes through
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const [, modulePath, exportPath] = /^((?:.*\/)?[^./]+)\.(.+)$/.exec(handler) ?? [];
  if (modulePath === undefined || exportPath === undefined)
    throw new HandlerLoadError("Runtime.MalformedHandlerName", "Bad handler");
  const file = [".js", ".mjs", ".cjs"].map((extension) => join(taskRoot, modulePath + extension)).find(existsSync);
  if (file === undefined)
    throw new HandlerLoadError("Runtime.ImportModuleError", `Error: Cannot find module '${modulePath}'`);
  const loaded = await importModule(file);
  const found = follow(loaded, exportPath) ?? follow(follow(loaded, "default"), exportPath);
  if (found === undefined)
    throw new HandlerLoadError("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  if (!isHandler(found)) throw new HandlerLoadError("Runtime.HandlerNotFound", `${handler} is not a function`);
  if (found.length > 2)
    throw new HandlerLoadError(
      "Runtime.CallbackHandlerDeprecated",
      `${handler} takes a callback: a handler returns its result or a promise of it`,
    );
  return found;
}

async function importModule(file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new HandlerLoadError("Runtime.UserCodeSyntaxError", `SyntaxError: ${error.message}`, { cause: error });
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (error instanceof Error && (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND"))
      throw new HandlerLoadError("Runtime.ImportModuleError", `Error: ${error.message}`, { cause: error });
    throw error;
  }
}

function follow(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split(".")) {
    if ((typeof found !== "object" && typeof found !== "function") || found === null) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === "function";
}
