/** What every operation needs to know about where and when it runs. */
export interface Context {
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}
