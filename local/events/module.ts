import { mayInvoke } from "../permissions.ts";
import { type DeclaredRule, eventKinds } from "../resources/events.ts";
import type { Connections, Service, ServiceHost } from "../services/service.ts";
import type { EventEntry } from "./event.ts";
import { createEventBus, type EventBus } from "./event-bus.ts";
import { startEventsEndpoint } from "./events-endpoint.ts";

/** What publishes events of its own, as other AWS services do. */
export interface EventBridge extends Service {
  /** Publishes to the default bus as soon as that has its rules; resolves when every target has the event. */
  publish(entry: EventEntry): Promise<void>;
}

/** EventBridge: the default bus, with the stacks' rules. */
export async function eventsModule({
  region,
  accountId,
  iam: authority,
  log,
  shutdown,
}: ServiceHost): Promise<EventBridge> {
  const bus = createEventBus({ account: accountId, region });
  const buses = new Map([[bus.name, bus]]);
  const started = await startEventsEndpoint({ buses, region, authority, log });
  const endpoint = shutdown.services.add(started, "EventBridge").url;
  const rules = new Map<string, DeclaredRule>();
  const ruled = Promise.withResolvers<void>();
  return {
    endpointVariables: { AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint },
    kinds: eventKinds(rules),
    async connect(connections) {
      for (const rule of rules.values()) putRule(bus, rule, connections);
      ruled.resolve();
    },
    async publish(entry) {
      await ruled.promise;
      await bus.publish(entry);
    },
  };
}

function putRule(bus: EventBus, rule: DeclaredRule, { functionOf, invoker }: Connections): void {
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
