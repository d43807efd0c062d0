import { type Clock, systemClock } from "../../functions/clock.ts";
import type { Authority } from "../../iam/authority.ts";
import type { LoopbackServer } from "../../loopback.ts";
import { startRestJsonService } from "../json/rest-json-service.ts";
import { accessesOf } from "./accesses.ts";
import { arnsOf } from "./arn.ts";
import { deliver, type Targets } from "./delivery.ts";
import { openStores } from "./model.ts";
import { type SchedulerContext, schedulerOperations } from "./operations.ts";
import { createTimer } from "./timer.ts";

export interface SchedulerOptions {
  /** Where schedules and groups are kept; one server at a time. */
  readonly dataDirectory: string;
  readonly region: string;
  readonly accountId: string;
  /** Knows who signed a request, and what they may do. @default the developer alone, who may do everything */
  readonly authority?: Authority;
  /** Whether a schedule's role is there and EventBridge Scheduler may take it on. */
  readonly mayTakeOn: SchedulerContext["mayTakeOn"];
  /** @default the system's */
  readonly clock?: Clock;
  /** Told what goes wrong outside any request. @default nothing is said */
  readonly log?: (line: string) => void;
}

export interface Scheduler extends LoopbackServer {
  /** Lets schedules invoke their targets. Times that passed while no scheduler ran are not made up for. */
  begin(targets: Targets): void;
  /** Invokes nothing any more; the API is served on. */
  endInvocations(): Promise<void>;
}

/**
 * Runs EventBridge Scheduler for the local stage: schedules of functions, with their groups. Attempts that wait to be
 * made again are lost when it stops; what a function has, Lambda's queue keeps.
 *
 * @throws Error naming the file when the data on disk is corrupt
 */
export async function startScheduler(options: SchedulerOptions): Promise<Scheduler> {
  const { dataDirectory, region, accountId, authority, mayTakeOn, clock = systemClock } = options;
  const { log = () => undefined } = options;
  const arns = arnsOf(region, accountId);
  const stores = openStores(dataDirectory, clock.now());
  const stopping = new AbortController();
  const deliveries = new Set<Promise<void>>();
  let targets: Targets | undefined;

  const timer = createTimer({
    schedules: stores.schedules,
    clock,
    log,
    fire(schedule, time) {
      if (!targets) return;
      const delivery = deliver(schedule, time, {
        arns,
        targets,
        accountId,
        region,
        clock,
        signal: stopping.signal,
        log,
      })
        .catch((error: unknown) => log(`an event of schedule ${schedule.group}/${schedule.name} is lost: ${error}`))
        .finally(() => deliveries.delete(delivery));
      deliveries.add(delivery);
    },
  });
  const operations = schedulerOperations({ arns, stores, mayTakeOn, changed: timer.changed, now: clock.now });
  const server = await startRestJsonService({
    ...{ name: "EventBridge Scheduler", service: "scheduler", region, authority, log, operations },
    accesses: (operation, input) => accessesOf(operation, input, arns),
    routes: [
      { method: "POST", path: "/schedules/:Name", operation: "CreateSchedule" },
      { method: "PUT", path: "/schedules/:Name", operation: "UpdateSchedule" },
      { method: "GET", path: "/schedules/:Name", operation: "GetSchedule" },
      { method: "DELETE", path: "/schedules/:Name", operation: "DeleteSchedule" },
      { method: "GET", path: "/schedules", operation: "ListSchedules" },
      { method: "POST", path: "/schedule-groups/:Name", operation: "CreateScheduleGroup" },
      { method: "GET", path: "/schedule-groups/:Name", operation: "GetScheduleGroup" },
    ],
  });
  const endInvocations = async () => {
    timer.stop();
    stopping.abort();
    await Promise.all(deliveries);
  };
  return {
    ...server,
    begin(to) {
      targets = to;
      timer.begin();
    },
    endInvocations,
    async stop() {
      await endInvocations();
      await server.stop();
    },
  };
}
