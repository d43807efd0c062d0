import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DataDirectory } from "./data-directory.ts";
import { startStreamMapping } from "./event-sources/dynamodb/stream-mapping.ts";
import type { EventBus } from "./events/event-bus.ts";
import { type AsyncTarget, startAsyncInvoker } from "./functions/async-invoker.ts";
import { createLocalFunction, type LocalFunction } from "./functions/local-function.ts";
import { reportFailures } from "./functions/report-failures.ts";
import { mountRestApis } from "./gateway/mount.ts";
import { createRestApi } from "./gateway/rest-api.ts";
import { mayInvoke } from "./permissions.ts";
import { logFileOf } from "./resources/lambda.ts";
import type { DeclaredApi, DeclaredFunction, StageContext } from "./resources/stage-context.ts";
import type { Services } from "./services/index.ts";
import { sendToQueue } from "./services/sqs/send-to-queue.ts";
import type { PhasedShutdown } from "./shutdown.ts";
import { localAccessKey } from "./signatures/access-key.ts";

/** Seconds an unused function process is kept: shorter than Lambda does, for a developer's memory's sake. */
const idleSeconds = 30;

export interface WiringOptions {
  readonly context: StageContext;
  readonly services: Services;
  /** The default bus, which gets the stacks' rules. */
  readonly bus: EventBus;
  readonly data: DataDirectory;
  readonly log: (line: string) => void;
}

/**
 * Connects what the stacks declare: functions, what invokes them, where their failures go. Gives what serves the APIs.
 *
 * @throws Error naming the two ends when a stack lets something be invoked that it gave no permission for
 */
export async function wire(
  options: WiringOptions,
  shutdown: Pick<PhasedShutdown, "functions" | "sources">,
): Promise<ReturnType<typeof mountRestApis>> {
  const { context, services, bus, data, log } = options;
  const { declarations } = context;
  const sendFailure = (queueArn: string | undefined) =>
    queueArn === undefined
      ? undefined
      : (record: object) => sendToQueue(services.sqs, queueArn, JSON.stringify(record));

  const functions = new Map<string, { readonly running: LocalFunction; readonly declared: DeclaredFunction }>();
  for (const declared of declarations.functions.values()) {
    const { spec, maximumConcurrency } = declared;
    const options = { idleSeconds, ...(maximumConcurrency !== undefined && { maximumConcurrency }) };
    const running = reportFailures(createLocalFunction(spec, options), { log, logFile: spec.logFile });
    functions.set(spec.arn, { declared, running: shutdown.functions.add(running, running.name) });
  }
  const functionOf = (arn: string) => {
    const found = functions.get(arn);
    if (!found) throw new Error(`${arn} is no function of this stage`);
    return found;
  };

  const targets: Record<string, AsyncTarget> = {};
  for (const { running, declared } of functions.values()) {
    const { onFailureArn, ...settings } = declared.asyncSettings;
    const onFailure = sendFailure(onFailureArn);
    targets[running.name] = { function: running, ...settings, ...(onFailure && { onFailure }) };
  }
  const starting = startAsyncInvoker({ directory: data.events, targets, log });
  const invoker = shutdown.sources.add(await starting, "asynchronous events");

  for (const rule of declarations.rules.values()) {
    bus.putRule({
      name: rule.name,
      pattern: rule.pattern,
      state: rule.enabled ? "ENABLED" : "DISABLED",
      targets: rule.targets.map(({ id, arn }) => {
        const { running, declared } = functionOf(arn);
        if (!mayInvoke(declared, "events.amazonaws.com", rule.arn))
          throw new Error(`rule ${rule.name} may not invoke ${running.name}: the stack gives it no permission`);
        return { id, deliver: (event: unknown) => invoker.enqueue(running.name, event) };
      }),
    });
  }

  for (const { id, functionArn, onFailureArn, ...mapping } of declarations.mappings) {
    const onFailure = sendFailure(onFailureArn);
    const started = await startStreamMapping({
      ...mapping,
      client: services.streams,
      function: functionOf(functionArn).running,
      checkpointFile: join(data.checkpoints, `${id}.json`),
      ...(onFailure && { onFailure }),
      log,
    });
    shutdown.sources.add(started, id);
  }

  const apis = [...declarations.apis.values()].flatMap((api) => restApi(api, context, functions, log));
  return mountRestApis(apis);
}

function restApi(
  { id, document, binaryMediaTypes, stage }: DeclaredApi,
  context: StageContext,
  functions: ReadonlyMap<string, { readonly running: LocalFunction; readonly declared: DeclaredFunction }>,
  log: (line: string) => void,
) {
  if (!stage) return [];
  const { region, accountId } = context;
  const { accessLog, throttle } = stage;
  return [
    createRestApi({
      apiId: id,
      accountId,
      region,
      stageName: stage.name,
      document,
      ...(binaryMediaTypes && { binaryMediaTypes }),
      ...(throttle && { throttle }),
      function(arn, methodArn) {
        const found = functions.get(arn);
        if (!found || mayInvoke(found.declared, "apigateway.amazonaws.com", methodArn)) return found?.running;
        log(`${methodArn} may not invoke ${found.running.name}: the stack gives it no permission`);
        return undefined;
      },
      credentials: (accessKeyId) =>
        accessKeyId === localAccessKey.accessKeyId
          ? {
              secretAccessKey: localAccessKey.secretAccessKey,
              accountId,
              userId: "AIDALOCAL",
              userArn: `arn:aws:iam::${accountId}:user/local`,
            }
          : undefined,
      ...(accessLog && {
        accessLog: { format: accessLog.format, write: lineWriter(logFileOf(context, accessLog.logGroup)) },
      }),
      onInternalError: (error, requestId) => log(`${id}: request ${requestId}: ${String(error)}`),
    }),
  ];
}

function lineWriter(file: string): (line: string) => void {
  mkdirSync(dirname(file), { recursive: true });
  return (line) => appendFileSync(file, `${line}\n`);
}
