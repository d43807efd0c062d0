import type { Environment } from "../environments/index.ts";
import type { StartOptions } from "./command-line.ts";
import { type DataDirectory, keepOnly } from "./data-directory.ts";
import { type AuthorizationRecord, createIam } from "./iam/index.ts";
import { invokeDeclared } from "./invocations.ts";
import type { StageReport } from "./pages/report.ts";
import { stagePages } from "./pages/stage-pages.ts";
import { type ProvisionedStack, provision } from "./provision.ts";
import { iamKinds } from "./resources/iam.ts";
import { stageKinds } from "./resources/kinds.ts";
import type { StageContext } from "./resources/stage-context.ts";
import type { LocalCommand } from "./services/batch/image.ts";
import { startServices } from "./services/index.ts";
import type { PhasedShutdown } from "./shutdown.ts";
import { localAccessKey } from "./signatures/access-key.ts";
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
  /** Told of everything that anyone but the developer asks the services for. @default nobody is */
  readonly authorizations?: (record: AuthorizationRecord) => void;
  /** Where functions find the services, made of where they are. @default just there */
  readonly serviceEndpoints?: (
    variables: Readonly<Record<string, string>>,
  ) => Promise<Readonly<Record<string, string>>>;
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

  progress("starting services");
  const { region, accountId } = environment;
  const { awsEndpoint, images } = options;
  // Another server has its own idea of who may do what, if any: it is asked with the one key it was always asked with.
  const sharedKey = awsEndpoint === undefined ? undefined : localAccessKey;
  const iam = createIam({ accountId, region, sharedKey, authorizations: options.authorizations });
  const services = await startServices({ data, region, accountId, iam, awsEndpoint, images, shutdown, log });

  const context: StageContext = {
    ...{ region, accountId, iam, url: server.url, directories: data },
    namePrefix: `${environment.project}-${environment.stage}-`,
    serviceEndpoints: (await options.serviceEndpoints?.(services.endpointVariables)) ?? services.endpointVariables,
    declarations: { functions: new Map(), mappings: [], invocations: [], apis: new Map() },
  };
  const kinds = new Map([...stageKinds, ...iamKinds(iam), ...services.kinds]);
  const made = new Map<string, ProvisionedStack>();
  for (const stack of stacks) {
    progress(`making ${stack.name}`);
    made.set(stack.name.replace(`${environment.stage}-`, ""), await provision(stack, kinds, context));
  }
  const bundles = [...context.declarations.functions.values()].map(({ spec }) => spec.codeDirectory);
  keepOnly(new Set(bundles), data.functions);
  const { apis, ...connected } = await wire({ context, services, data, log }, shutdown);
  // Functions find from here on what they find on AWS, so that they may be invoked for the stacks; nothing else runs yet.
  server.serve(apis);
  shutdown.intake.add({ stop: async () => server.serve(unavailable("stopping")) });
  const { invocations } = context.declarations;
  const results = await invokeDeclared({ invocations, ...connected, directory: data.invocations, progress, log });
  const systems = new Map([...made].map(([system, stack]) => [system, stack.outputs(results)]));
  const report = { url: server.url, systems };
  server.serve(stagePages({ report, apis, logsDirectory: data.logs, jobLogs: services.jobLogs }));
  services.begin();
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
