import type { Environment } from "../environments/index.ts";
import type { StartOptions } from "./command-line.ts";
import { type DataDirectory, keepOnly } from "./data-directory.ts";
import { createEventBus } from "./events/event-bus.ts";
import type { StageReport } from "./pages/report.ts";
import { stagePages } from "./pages/stage-pages.ts";
import { type Output, provision } from "./provision.ts";
import type { StageContext } from "./resources/stage-context.ts";
import type { LocalCommand } from "./services/batch/image.ts";
import { startServices } from "./services/index.ts";
import type { PhasedShutdown } from "./shutdown.ts";
import { type StageServer, unavailable } from "./stage-server.ts";
import type { SynthesizedStack } from "./terraform/stack-file.ts";
import { wire } from "./wiring.ts";

export interface StageOptions extends Pick<StartOptions, "awsEndpoint"> {
  readonly environment: Environment;
  readonly data: DataDirectory;
  /** Listens already; serves the stage once it is wired. */
  readonly server: StageServer;
  readonly stacks: readonly SynthesizedStack[];
  readonly images: ReadonlyMap<string, LocalCommand>;
  /** Told what goes on, a line at a time. */
  readonly progress: (line: string) => void;
  /** Told what goes wrong outside any request. */
  readonly log: (line: string) => void;
}

/** A running stage. */
export type Stage = StageReport;

/**
 * Runs synthesized stacks on this machine: their services, their resources, what connects them, and their APIs. Leaves
 * the end of everything to `shutdown`, also of what had started when it throws.
 *
 * @throws Error with one clear line when something cannot start
 */
export async function startStage(options: StageOptions, shutdown: PhasedShutdown): Promise<Stage> {
  try {
    return await start(options, shutdown);
  } catch (error) {
    throw withRemedy(error, options.data);
  }
}

async function start(options: StageOptions, shutdown: PhasedShutdown): Promise<Stage> {
  const { environment, data, server, stacks, progress, log } = options;
  const wired = Promise.withResolvers<void>();

  progress("starting services");
  const { region, accountId } = environment;
  const { awsEndpoint, images } = options;
  const bus = createEventBus({ account: accountId, region });
  const services = await startServices(
    { data, region, accountId, awsEndpoint, images, bus, wired: wired.promise, log },
    shutdown,
  );

  const { dynamodb, sqs, batch } = services;
  const context: StageContext = {
    ...{ region, accountId, dynamodb, sqs, batch, url: server.url, directories: data },
    namePrefix: `${environment.project}-${environment.stage}-`,
    serviceEndpoints: services.endpointVariables,
    declarations: { functions: new Map(), rules: new Map(), mappings: [], apis: new Map() },
  };
  const systems = new Map<string, readonly Output[]>();
  for (const stack of stacks) {
    progress(`making ${stack.name}`);
    systems.set(stack.name.replace(`${environment.stage}-`, ""), await provision(stack, context));
  }
  const bundles = [...context.declarations.functions.values()].map(({ spec }) => spec.codeDirectory);
  keepOnly(new Set(bundles), data.functions);
  const apis = await wire({ context, services, bus, data, log }, shutdown);
  wired.resolve();
  const report = { url: server.url, systems };
  server.serve(stagePages({ report, apis, logsDirectory: data.logs, jobLogs: services.jobLogs }));
  shutdown.intake.add({ stop: async () => server.serve(unavailable("stopping")) });
  services.beginJobs();
  return report;
}

/** Whatever reads a file of the data directory names it when it is not what was written; what to do is always the same. */
function withRemedy(error: unknown, { root, stacks }: DataDirectory): unknown {
  if (!(error instanceof Error) || "code" in error) return error;
  const { message } = error;
  if (!message.includes(root) || message.includes(stacks) || message.includes("--fresh")) return error;
  const remedy = "Repair or remove it, or start with --fresh, which empties everything";
  return new Error(`${message.replace(/[.]?$/, "")}. ${remedy}`, { cause: error });
}
