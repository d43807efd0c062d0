export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page starts, opaque to the caller; absent on the last. */
  readonly nextToken?: string;
}

export interface PageRequest {
  readonly limit: number;
  readonly nextToken: string | undefined;
}

/**
 * A page of objects, newest first. Stays right when objects come and go between pages.
 *
 * @param invalid the error for a token that is none of a page's
 */
export function newestFirst<T extends { sequence: number }>(
  objects: readonly T[],
  { limit, nextToken }: PageRequest,
  invalid: (message: string) => Error,
): Page<T> {
  const before = nextToken === undefined ? Number.POSITIVE_INFINITY : sequenceIn(nextToken);
  if (before === undefined) throw invalid("The nextToken is not valid.");
  const rest = objects.filter((object) => object.sequence < before).toSorted((a, b) => b.sequence - a.sequence);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined || rest.length === items.length) return { items };
  return { items, nextToken: Buffer.from(`before ${last.sequence}`).toString("base64url") };
}

function sequenceIn(token: string): number | undefined {
  const [, sequence] = /^before (\d+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  return sequence === undefined ? undefined : Number(sequence);
}
