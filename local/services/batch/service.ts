import type { Arns } from "./arn.ts";
import type { Clock } from "./clock.ts";
import type { Runner } from "./runner.ts";
import type { Stores } from "./stores.ts";

/** What the operations work on. */
export interface Service {
  readonly arns: Arns;
  readonly stores: Stores;
  readonly runner: Runner;
  readonly clock: Clock;
}

/** One API operation: takes a request body as it came, gives the response body, throws a BatchError. */
export type Operation = (body: unknown, service: Service) => object;
