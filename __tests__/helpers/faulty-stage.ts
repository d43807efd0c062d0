// `npm start` with a bad network between functions and services: of a thousand calls, as many as FAULTS_PER_MILLE says
// go wrong, drawn from SEED. Where the services are is written into the file that ENDPOINTS names.
import { writeFileSync } from "node:fs";
import { loadEnvironment } from "../../environments/index.ts";
import { buildAndSynthesize } from "../../local/build.ts";
import { readCommandLine } from "../../local/command-line.ts";
import { openDataDirectory } from "../../local/data-directory.ts";
import { createShutdown } from "../../local/shutdown.ts";
import { startStage } from "../../local/stage.ts";
import { listen } from "../../local/stage-server.ts";
import { readStacks } from "../../local/terraform/stack-file.ts";
import { faultyNetwork } from "./faulty-network.ts";
import { chance } from "./simulation/chance.ts";

const { ENDPOINTS, FAULTS_PER_MILLE, SEED } = process.env;
const options = readCommandLine(process.argv.slice(2), process.env);
if (options === "help" || ENDPOINTS === undefined) throw new Error("started by a test only");

const precision = 1_000_000;
const draws = chance(Number(SEED), Number.POSITIVE_INFINITY);
const network = faultyNetwork({ perMille: Number(FAULTS_PER_MILLE), random: () => draws.below(precision) / precision });

const shutdown = createShutdown();
process.on("SIGTERM", async () => {
  await shutdown.stop(4500);
  console.log(`calls that went wrong: ${network.counts.faults} of ${network.counts.requests}`);
  process.exit(0);
});
const { data, lock } = await openDataDirectory(options.dataDirectory);
shutdown.data.add({ stop: async () => lock.release() });
shutdown.services.add(network);
await buildAndSynthesize(data.stacks);
const { url } = await startStage(
  {
    ...{ data, environment: loadEnvironment("local"), stacks: readStacks(data.stacks), awsEndpoint: undefined },
    server: shutdown.services.add(await listen(0)),
    images: new Map(
      [...options.images].map(([uri, [program = "", ...args]]) => [
        uri,
        { argv: [program === "node" ? process.execPath : program, ...args] as const },
      ]),
    ),
    progress: () => undefined,
    log: (line) => console.error(line),
    async serviceEndpoints(variables) {
      writeFileSync(ENDPOINTS, JSON.stringify(variables));
      const entries = Object.entries(variables).map(async ([name, url]) => [name, await network.to(url)] as const);
      return Object.fromEntries(await Promise.all(entries));
    },
  },
  shutdown,
);
console.log(`Armature local stage ready: ${url}`);
