import { format } from "node:util";

const levels = { trace: "TRACE", debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARN", error: "ERROR" } as const;

/**
 * Makes `console` write JSON lines as Lambda does with the JSON log format (AWS: "Using Lambda advanced logging
 * controls with Node.js"). Loggers that write to stdout themselves are left alone, as there.
 * @param requestId the running invocation, if one runs
 */
export function installJsonConsole(requestId: () => string | undefined): void {
  for (const method of Object.keys(levels) as (keyof typeof levels)[]) {
    console[method] = (...values: unknown[]) => {
      const output = method === "error" || method === "trace" ? process.stderr : process.stdout;
      output.write(`${logLine(levels[method], requestId(), values)}\n`);
    };
  }
}

/** One log line: a single value stays structured, several are formatted; the first error's fields are added. */
export function logLine(level: string, requestId: string | undefined, values: readonly unknown[]): string {
  const fields = { timestamp: new Date().toISOString(), level, requestId };
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...fields, message: values[0] }, (_key, value) =>
        value instanceof Error ? errorFields(value) : value,
      );
    } catch {
      // A circular structure or a bigint: only its text can be logged.
      return JSON.stringify({ ...fields, message: format(values[0]) });
    }
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({
    ...fields,
    message: format(...values),
    ...(error instanceof Error ? errorFields(error) : {}),
  });
}

function errorFields(error: Error) {
  return { errorType: error.constructor.name, errorMessage: error.message, stackTrace: error.stack?.split("\n") ?? [] };
}
