import type { LoopbackServer } from "../loopback.ts";
import { type JsonServiceOptions, startJsonService } from "../services/json/json-service.ts";
import type { EventBus } from "./event-bus.ts";
import { busArns, putEvents } from "./put-events.ts";

export interface EventsEndpointOptions extends Pick<JsonServiceOptions, "region" | "authority" | "port" | "log"> {
  /** By name. */
  readonly buses: ReadonlyMap<string, EventBus>;
}

/** Serves the EventBridge API on 127.0.0.1, as far as handlers use it: PutEvents. */
export const startEventsEndpoint = ({ buses, ...options }: EventsEndpointOptions): Promise<LoopbackServer> =>
  startJsonService({
    ...options,
    ...{ name: "EventBridge", service: "events", target: "AWSEvents" },
    operations: { PutEvents: (request) => putEvents(buses, request) },
    accesses: (operation, request) =>
      busArns(request, buses).map((resource) => ({ action: `events:${operation}`, resource })),
  });
