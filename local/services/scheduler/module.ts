import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { LambdaServiceError } from "../../functions/service-error.ts";
import { AccessDenied, authorize } from "../../iam/authority.ts";
import type { AssumedRole } from "../../iam/index.ts";
import { schedulerKinds } from "../../resources/scheduler.ts";
import type { Connections, Service, ServiceHost } from "../service.ts";
import { createDeclaredSchedules } from "./declared-schedules.ts";
import { type Target, TargetError, type Targets } from "./delivery.ts";
import { startScheduler } from "./start-scheduler.ts";

/** EventBridge Scheduler: schedules of the stacks and those that functions make, which invoke functions. */
export async function schedulerModule(host: ServiceHost): Promise<Service> {
  const { region, accountId, iam, data, log, shutdown } = host;
  const takeOn = roleTaker(host);
  const scheduler = shutdown.services.add(
    await startScheduler({
      ...{ dataDirectory: data.scheduler, region, accountId, authority: iam, log },
      mayTakeOn: (schedule) => takeOn(schedule) !== undefined,
    }),
    "EventBridge Scheduler",
  );
  shutdown.sources.add({ stop: scheduler.endInvocations }, "schedules");
  const client = new SchedulerClient(host.client(scheduler.url));
  const declared = createDeclaredSchedules(client, data.scheduler);
  const connected = Promise.withResolvers<Targets>();
  return {
    endpointVariables: { AWS_ENDPOINT_URL_SCHEDULER: scheduler.url },
    kinds: schedulerKinds(client, declared.note),
    async connect(connections) {
      await declared.removeOthers();
      connected.resolve(functionTargets(connections, takeOn, host));
    },
    begin: () => void connected.promise.then(scheduler.begin),
  };
}

type TakeOn = (target: Pick<Target, "roleArn" | "groupArn" | "schedule">) => AssumedRole | undefined;

/** Takes on a schedule's role as EventBridge Scheduler does: for the schedule's group (User Guide: "Confused deputy"). */
const roleTaker =
  ({ iam, accountId }: ServiceHost): TakeOn =>
  ({ schedule, groupArn, roleArn }) =>
    iam.hasRole(roleArn)
      ? iam.assume(roleArn, {
          ...{ service: "scheduler.amazonaws.com", session: schedule },
          context: { "aws:SourceArn": groupArn, "aws:SourceAccount": accountId },
        })
      : undefined;

/** What Lambda answers to every attempt alike. */
const lasting: ReadonlySet<string> = new Set(["ResourceNotFoundException", "RequestEntityTooLargeException"]);

function functionTargets(
  { functions, invoker, sendToQueue }: Connections,
  takeOn: TakeOn,
  { iam }: ServiceHost,
): Targets {
  const taken = (target: Target) => {
    const role = takeOn(target);
    if (!role)
      throw new TargetError("AccessDeniedException", `${target.roleArn} cannot be assumed by EventBridge Scheduler.`);
    return role;
  };
  return {
    async invoke(target, event) {
      const { functionArn } = target;
      try {
        const resource = functionArn;
        await authorize(iam, taken(target).principal, [{ action: "lambda:InvokeFunction", resource }]);
        await invoker.enqueue(functions.get(functionArn)?.running.name ?? functionArn, event);
      } catch (error) {
        if (error instanceof AccessDenied) throw new TargetError("AccessDeniedException", error.message);
        if (error instanceof LambdaServiceError && lasting.has(error.code))
          throw new TargetError(error.code, error.message);
        throw error;
      }
    },
    sendDeadLetter: (queueArn, target, event, attributes) =>
      sendToQueue(queueArn, event, taken(target).key, attributes),
  };
}
