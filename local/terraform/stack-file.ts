import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const block = z.record(z.string(), z.unknown());
const blocksByType = z.record(z.string(), z.record(z.string(), block));

const manifestFile = z.object({ stacks: z.record(z.string(), z.object({ synthesizedStackPath: z.string() })) });

const stackFile = z.object({
  resource: blocksByType.default({}),
  data: blocksByType.default({}),
  output: z.record(z.string(), z.object({ value: z.unknown(), description: z.string().optional() })).default({}),
});

/** One resource of a stack as it was synthesized, its references not yet resolved. */
export interface SynthesizedResource {
  /** Terraform's address: `<type>.<name>`. */
  readonly address: string;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A stack's Terraform JSON, as far as the local stage has a use for it. */
export interface SynthesizedStack {
  readonly name: string;
  /** Where the stack's file lies; paths of assets are relative to it. */
  readonly directory: string;
  readonly resources: readonly SynthesizedResource[];
  readonly outputs: readonly {
    readonly name: string;
    readonly value: unknown;
    readonly description: string | undefined;
  }[];
}

/**
 * Reads every stack of a synthesized tree (`cdktf.out`).
 *
 * @throws Error when a file is missing or not what synthesis writes, naming the file
 */
export function readStacks(directory: string): SynthesizedStack[] {
  const { stacks } = parseFile(join(directory, "manifest.json"), manifestFile);
  return Object.entries(stacks).map(([name, { synthesizedStackPath }]) => {
    const file = join(directory, synthesizedStackPath);
    const { resource, data, output } = parseFile(file, stackFile);
    const [source] = Object.keys(data);
    if (source) throw new Error(`${file}: has the data source ${source}, which cannot be asked on this machine`);
    const resources = Object.entries(resource).flatMap(([type, byName]) =>
      Object.entries(byName).map(([id, body]) => ({ address: `${type}.${id}`, type, body: withoutMetadata(body) })),
    );
    const outputs = Object.entries(output).map(([id, { value, description }]) => ({ name: id, value, description }));
    return { name, directory: join(file, ".."), resources, outputs };
  });
}

function parseFile<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  if (!existsSync(file)) throw new Error(`${file} is missing: run npm run synth`);
  const parsed = schema.safeParse(parseJson(file));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/** `//` is where synthesis notes the construct path. */
const withoutMetadata = ({ "//": _, ...body }: Record<string, unknown>) => body;
