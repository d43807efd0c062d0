import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DataDirectory } from "./data-directory.ts";
import { type AsyncTarget, startAsyncInvoker } from "./functions/async-invoker.ts";
import { checkFunctionRole } from "./functions/function-role.ts";
import { createLocalFunction } from "./functions/local-function.ts";
import { reportFailures } from "./functions/report-failures.ts";
import { mountRestApis } from "./gateway/mount.ts";
import { createRestApi } from "./gateway/rest-api.ts";
import { mayInvoke } from "./permissions.ts";
import { logFileOf } from "./resources/lambda.ts";
import type { DeclaredApi, StageContext } from "./resources/stage-context.ts";
import type { Services } from "./services/index.ts";
import type { ConnectedFunction, Connections } from "./services/service.ts";
import type { PhasedShutdown } from "./shutdown.ts";
import type { Serve } from "./stage-server.ts";

/** Seconds an unused function process is kept: shorter than Lambda does, for a developer's memory's sake. */
const idleSeconds = 30;

export interface WiringOptions {
  readonly context: StageContext;
  readonly services: Services;
  readonly data: DataDirectory;
  readonly log: (line: string) => void;
}

/**
 * Connects what the stacks declare: functions, what invokes them, where their failures go. Gives what serves the APIs,
 * and the functions.
 *
 * @throws Error naming the two ends when a stack lets something be invoked that it gave no permission for, or what the
 * role of a function lacks
 */
export async function wire(
  options: WiringOptions,
  shutdown: Pick<PhasedShutdown, "functions" | "sources">,
): Promise<{ readonly apis: Serve } & Pick<Connections, "functions" | "functionOf">> {
  const { context, services, data, log } = options;
  const { declarations } = context;
  const functions = new Map<string, ConnectedFunction>();
  for (const declared of declarations.functions.values()) {
    const { spec, maximumConcurrency } = declared;
    await checkFunctionRole(context, declared);
    const options = { idleSeconds, ...(maximumConcurrency !== undefined && { maximumConcurrency }) };
    const running = reportFailures(createLocalFunction(spec, options), { log, logFile: spec.logFile });
    functions.set(spec.arn, { declared, running: shutdown.functions.add(running, running.name) });
  }

  const targets: Record<string, AsyncTarget> = {};
  for (const { running, declared } of functions.values()) {
    const { onFailureArn, ...settings } = declared.asyncSettings;
    const { credentials } = declared.spec;
    targets[running.name] = {
      function: running,
      ...settings,
      ...(onFailureArn !== undefined && {
        onFailure: (record) => services.sendToQueue(onFailureArn, record, credentials),
      }),
    };
  }
  const starting = startAsyncInvoker({ directory: data.events, targets, log });
  const invoker = shutdown.sources.add(await starting, "asynchronous events");

  const functionOf = (arn: string) => {
    const found = functions.get(arn);
    if (!found) throw new Error(`${arn} is no function of this stage`);
    return found;
  };
  await services.connect({ declarations, functions, functionOf, invoker, sendToQueue: services.sendToQueue });

  const apis = [...declarations.apis.values()].flatMap((api) => restApi(api, context, functions, log));
  return { apis: mountRestApis(apis), functions, functionOf };
}

function restApi(
  { id, document, binaryMediaTypes, stage }: DeclaredApi,
  context: StageContext,
  functions: ReadonlyMap<string, ConnectedFunction>,
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
      authority: context.iam,
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
