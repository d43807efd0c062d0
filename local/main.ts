/** `npm start`: the whole of stage `local` on this machine. */
import { loadEnvironment } from "../environments/index.ts";
import { localImages } from "../environments/local/images.ts";
import { buildAndSynthesize } from "./build.ts";
import { readCommandLine, type StartOptions, usage } from "./command-line.ts";
import { openDataDirectory } from "./data-directory.ts";
import type { LocalCommand } from "./services/batch/image.ts";
import { type Stage, startStage } from "./stage.ts";

/** Milliseconds everything has to stop in, after which the process ends regardless. */
const stopWithin = 5000;

async function start(options: StartOptions): Promise<Stage> {
  const data = openDataDirectory(options.dataDirectory, options);
  const progress = (line: string) => console.log(`  ${line}`);
  if (!options.stacksDirectory) {
    progress("bundling handlers and synthesizing stage local");
    await buildAndSynthesize(data.stacks);
  }
  return startStage({
    ...{ data, progress, port: options.port, awsEndpoint: options.awsEndpoint },
    environment: loadEnvironment("local"),
    stacksDirectory: options.stacksDirectory ?? data.stacks,
    images: imageCommands(options.images),
    log: (line) => console.error(`  ${line}`),
  });
}

/** `node` is the Node this runs on: the one the project pins. */
function imageCommands(more: StartOptions["images"]): Map<string, LocalCommand> {
  const commands = [...Object.entries(localImages).map(([uri, { command }]) => [uri, command] as const), ...more];
  return new Map(
    commands.map(([uri, [program = "", ...args]]) => [
      uri,
      { argv: [program === "node" ? process.execPath : program, ...args] },
    ]),
  );
}

function announce({ url, systems }: Stage): void {
  console.log(`Armature local stage ready: ${url}`);
  for (const [system, outputs] of systems) {
    console.log(`\n${system}`);
    const width = Math.max(...outputs.map(({ name }) => name.length));
    for (const { name, value } of outputs) console.log(`  ${name.padEnd(width)}  ${value}`);
  }
}

function stopOnSignal(stage: Stage): void {
  const stop = (signal: NodeJS.Signals) => {
    console.log(`\n  ${signal}: stopping`);
    setTimeout(() => process.exit(1), stopWithin).unref();
    stage.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

function fail(error: unknown): never {
  console.error(`armature: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}

try {
  const options = readCommandLine(process.argv.slice(2), process.env);
  if (options === "help") console.log(usage);
  else {
    const stage = await start(options);
    stopOnSignal(stage);
    announce(stage);
  }
} catch (error) {
  fail(error);
}
