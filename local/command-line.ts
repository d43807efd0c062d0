import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** What `npm start` was asked for. */
export interface StartOptions {
  /** TCP port of the stage on 127.0.0.1; 0 picks a free one. */
  readonly port: number;
  /** Empties the data directory first. */
  readonly fresh: boolean;
  /** Directory that holds everything the stage keeps. */
  readonly dataDirectory: string;
  /** A synthesized tree to run as it is, in place of synthesizing stage `local` anew. */
  readonly stacksDirectory: string | undefined;
  /** Local commands of container images, beside those of `environments/local`. */
  readonly images: ReadonlyMap<string, readonly string[]>;
  /** An AWS-compatible endpoint that stands in for the embedded data services. */
  readonly awsEndpoint: string | undefined;
}

export const usage = `npm start -- [option …]
  --fresh                   empty the data directory first
  --image <uri>=<command>   run this command when a job's container has this image (may be given again)
  --data <directory>        keep everything here (default .local)
  --stacks <directory>      run this synthesized tree, in place of synthesizing stage local anew
  --help                    this text
Environment: PORT (default 4500, 0 picks a free one), AWS_ENDPOINT_URL (data services of another AWS-compatible server)`;

/** A command line that makes no sense; the message says what to change. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Reads the command line of `npm start`. `help` asks for the usage text alone.
 *
 * @throws UsageError naming the option or variable and its rule
 */
export function readCommandLine(args: readonly string[], environment: NodeJS.ProcessEnv): StartOptions | "help" {
  const { values } = parse(args);
  if (values.help) return "help";
  return {
    port: port(environment.PORT),
    fresh: values.fresh ?? false,
    dataDirectory: resolve(values.data ?? ".local"),
    stacksDirectory: values.stacks === undefined ? undefined : resolve(values.stacks),
    images: new Map((values.image ?? []).map(imageCommand)),
    awsEndpoint: endpoint(environment.AWS_ENDPOINT_URL),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        fresh: { type: "boolean" },
        image: { type: "string", multiple: true },
        data: { type: "string" },
        stacks: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message.split(". ")[0] : error} (npm start -- --help)`);
  }
}

function port(text: string | undefined): number {
  if (text === undefined || text === "") return 4500;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65_535) throw new UsageError(`PORT is ${text}: a whole number from 0 to 65535`);
  return number;
}

/** `<uri>=<command>`: the command is split at spaces, with no shell between. */
function imageCommand(text: string): [string, readonly string[]] {
  const [, uri, command] = text.match(/^([^=]+)=(.+)$/) ?? [];
  if (!uri || !command) throw new UsageError(`--image ${text}: must be <uri>=<command>`);
  return [uri, command.trim().split(/\s+/)];
}

function endpoint(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UsageError(`AWS_ENDPOINT_URL is ${text}: must be an http or https URL`);
  return text;
}
