/** `npm start`: the whole of stage `local` on this machine. */
import { loadEnvironment } from "../environments/index.ts";
import { buildAndSynthesize } from "./build.ts";
import { readCommandLine, type StartOptions, usage } from "./command-line.ts";
import { emptyDataDirectory, openDataDirectory } from "./data-directory.ts";
import { imageCommands } from "./image-commands.ts";
import { forgetAwsConfiguration } from "./processes/aws-configuration.ts";
import { createShutdown, type PhasedShutdown } from "./shutdown.ts";
import { type Stage, startStage } from "./stage.ts";
import { listen } from "./stage-server.ts";
import { readStacks } from "./terraform/stack-file.ts";

/** Milliseconds everything has to stop in, after which it is killed: with that, Ctrl-C takes 5 seconds at most. */
const stopWithin = 4500;

/** In the order in which a start can fail: only when nothing of that is left to fail is anything emptied. */
async function start(options: StartOptions, shutdown: PhasedShutdown): Promise<Stage> {
  const { data, lock } = await openDataDirectory(options.dataDirectory);
  shutdown.data.add({ stop: async () => lock.release() });
  const server = shutdown.services.add(await listen(options.port), "the stage's server");
  const progress = (line: string) => console.log(`  ${line}`);
  if (!options.stacksDirectory) {
    progress("bundling handlers and synthesizing stage local");
    await buildAndSynthesize(data.stacks);
  }
  const stacks = readStacks(options.stacksDirectory ?? data.stacks);
  const environment = loadEnvironment("local");
  if (options.fresh) emptyDataDirectory(data);
  return startStage(
    {
      ...{ data, server, stacks, environment, progress, awsEndpoint: options.awsEndpoint },
      images: imageCommands(options.images),
      log: (line) => console.error(`  ${line}`),
    },
    shutdown,
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

/** One signal is enough: npm passes on what the terminal sends to everyone, so that each arrives twice. */
function stopOnSignal(shutdown: PhasedShutdown): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    console.log(`\n  ${signal}: stopping`);
    shutdown.stop(stopWithin).then(() => process.exit(0), fail);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
}

function fail(error: unknown): never {
  console.error(`armature: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}

const shutdown = createShutdown();
// A terminal that was closed takes what would be said no more: no reason to end before everything has stopped in order.
for (const output of [process.stdout, process.stderr]) output.on("error", () => undefined);
try {
  const options = readCommandLine(process.argv.slice(2), process.env);
  if (options === "help") console.log(usage);
  else {
    forgetAwsConfiguration(process.env);
    const stage = await start(options, shutdown);
    stopOnSignal(shutdown);
    announce(stage);
  }
} catch (error) {
  await shutdown.stop(stopWithin).catch((second: unknown) => console.error(`  while stopping: ${second}`));
  fail(error);
}
