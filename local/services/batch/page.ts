import { clientException } from "./errors.ts";

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page starts, opaque to the caller; absent on the last. */
  readonly nextToken?: string;
}

/** A page of objects, newest first. Stays right when objects come and go between pages. */
export function pageOf<T extends { sequence: number }>(
  objects: readonly T[],
  { limit, nextToken }: { limit: number; nextToken: string | undefined },
): Page<T> {
  const before = nextToken === undefined ? Number.POSITIVE_INFINITY : sequenceIn(nextToken);
  const rest = objects.filter((object) => object.sequence < before).toSorted((a, b) => b.sequence - a.sequence);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined || rest.length === items.length) return { items };
  return { items, nextToken: Buffer.from(`before ${last.sequence}`).toString("base64url") };
}

function sequenceIn(token: string): number {
  const [, sequence] = /^before (\d+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  if (sequence === undefined) throw clientException("The nextToken is not valid.");
  return Number(sequence);
}
