type Key = Record<string, unknown>;

/** What a client asks of a list. */
export interface PageRequest {
  /** Items a page holds at most. */
  readonly limit: number;
  readonly token: string | undefined;
}

/** A part of a list, and the token of the next one; null on the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | null;
}

/** One DynamoDB query: at most `limit` items from `start` on, and where to go on if there may be more. */
type Query<Item> = (
  limit: number,
  start: Key | undefined,
) => Promise<{ items: readonly Item[]; last?: Key | undefined }>;

/**
 * Queries until a page is full or the list ends: DynamoDB ends a query at 1 MB and filters after it counts, which would
 * make short or empty pages. One item more than asked tells if this page is the last.
 */
export async function fillPage<Item>(
  { limit, start, tokenOf }: { limit: number; start: Key | undefined; tokenOf: (last: Item) => Promise<string> },
  query: Query<Item>,
): Promise<Page<Item>> {
  const found: Item[] = [];
  let from = start;
  do {
    const part = await query(limit + 1 - found.length, from);
    found.push(...part.items);
    from = part.last;
  } while (from && found.length <= limit);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextToken: last !== undefined && found.length > limit ? await tokenOf(last) : null };
}
