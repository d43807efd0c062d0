// `npm start` with an ear: everything that roles ask for is written, a line each, into the file that RECORDS names.
import { appendFileSync } from "node:fs";
import { loadEnvironment } from "../../environments/index.ts";
import { buildAndSynthesize } from "../../local/build.ts";
import { readCommandLine } from "../../local/command-line.ts";
import { openDataDirectory } from "../../local/data-directory.ts";
import { imageCommands } from "../../local/image-commands.ts";
import { createShutdown } from "../../local/shutdown.ts";
import { startStage } from "../../local/stage.ts";
import { listen } from "../../local/stage-server.ts";
import { readStacks } from "../../local/terraform/stack-file.ts";

const options = readCommandLine(process.argv.slice(2), process.env);
const records = process.env.RECORDS;
if (options === "help" || records === undefined) throw new Error("started by a test only");

const shutdown = createShutdown();
process.on("SIGTERM", () => shutdown.stop(4500).then(() => process.exit(0)));
const { data, lock } = await openDataDirectory(options.dataDirectory);
shutdown.data.add({ stop: async () => lock.release() });
await buildAndSynthesize(data.stacks);
const { url } = await startStage(
  {
    ...{ data, environment: loadEnvironment("local"), stacks: readStacks(data.stacks), awsEndpoint: undefined },
    server: shutdown.services.add(await listen(0)),
    images: imageCommands(options.images),
    progress: () => undefined,
    log: (line) => console.error(line),
    authorizations: (record) => appendFileSync(records, `${JSON.stringify(record)}\n`),
  },
  shutdown,
);
console.log(`Armature local stage ready: ${url}`);
