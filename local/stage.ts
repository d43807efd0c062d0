import type { Environment } from "../environments/index.ts";
import type { StartOptions } from "./command-line.ts";
import type { DataDirectory } from "./data-directory.ts";
import { createEventBus } from "./events/event-bus.ts";
import type { StageReport } from "./pages/report.ts";
import { stagePages } from "./pages/stage-pages.ts";
import { type Output, provision } from "./provision.ts";
import type { StageContext } from "./resources/stage-context.ts";
import type { LocalCommand } from "./services/batch/image.ts";
import { startServices } from "./services/index.ts";
import { createShutdown, type Stoppable } from "./shutdown.ts";
import { listen, unavailable } from "./stage-server.ts";
import { readStacks } from "./terraform/stack-file.ts";
import { wire } from "./wiring.ts";

export interface StageOptions extends Pick<StartOptions, "port" | "awsEndpoint"> {
  readonly environment: Environment;
  readonly data: DataDirectory;
  /** Synthesized tree to run. */
  readonly stacksDirectory: string;
  readonly images: ReadonlyMap<string, LocalCommand>;
  /** Told what goes on, a line at a time. */
  readonly progress: (line: string) => void;
  /** Told what goes wrong outside any request. */
  readonly log: (line: string) => void;
}

/** A running stage. */
export interface Stage extends Stoppable, StageReport {}

/**
 * Runs synthesized stacks on this machine: their services, their resources, what connects them, and one server on
 * 127.0.0.1 for their APIs.
 *
 * @throws Error with one clear line when something cannot start; whatever had started is stopped then
 */
export async function startStage(options: StageOptions): Promise<Stage> {
  const { environment, data, progress, log } = options;
  const shutdown = createShutdown();
  try {
    const server = shutdown.add(await listen(options.port));
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
    for (const stack of readStacks(options.stacksDirectory)) {
      progress(`making ${stack.name}`);
      systems.set(stack.name.replace(`${environment.stage}-`, ""), await provision(stack, context));
    }
    const apis = await wire({ context, services, bus, data, log }, shutdown);
    wired.resolve();
    const report = { url: server.url, systems };
    server.serve(stagePages({ report, apis, logsDirectory: data.logs, jobLogs: services.jobLogs }));
    const stop = () => {
      server.serve(unavailable("stopping"));
      return shutdown.stop();
    };
    return { ...report, stop };
  } catch (error) {
    await shutdown.stop().catch((second: unknown) => log(`while stopping: ${String(second)}`));
    throw error;
  }
}
