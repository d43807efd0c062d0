import type { Output } from "../provision.ts";

/** What the stage tells about itself. */
export interface StageReport {
  readonly url: string;
  /** Outputs of every system, by its name. */
  readonly systems: ReadonlyMap<string, readonly Output[]>;
}
