import * as z from "zod";
import type { ApiClient } from "./client.ts";
import { type Api, type Operation, type OperationName, operationOf, type Received, type Sent } from "./description.ts";

/** An operation that answers page by page: its query takes a token, its answer is one array and the next token. */
export interface List {
  /** Member of the answer that holds the items of a page. */
  readonly items: string;
  /** Member of the query that says how many items a page may hold, if there is one. */
  readonly pageSize: string | undefined;
  /** Member of query and answer that leads to the next page; null in the answer that is the last. */
  readonly token: string;
}

const token = "next_token";
const pageSize = "max_results";

/** How an operation answers page by page; undefined when it does not. */
export function listOf({ query, success }: Operation): List | undefined {
  const answer = success.body?.shape ?? {};
  const [items, ...others] = Object.keys(answer).filter((name) => name !== token);
  if (!query || !(token in query.shape) || !(token in answer)) return undefined;
  if (items === undefined || others.length > 0 || !(answer[items] instanceof z.ZodArray)) return undefined;
  return { items, pageSize: pageSize in query.shape ? pageSize : undefined, token };
}

type ItemIn<Answer> = Answer extends { readonly [token]: string | null }
  ? Answer[Exclude<keyof Answer, typeof token>] extends readonly (infer One)[]
    ? One
    : never
  : never;

/** What a list lists. */
export type Item<O extends Operation> = typeof token extends keyof Sent<O> ? ItemIn<Received<O>> : never;

/** Names of an API's lists. */
export type ListName<A extends Api> = {
  [Name in OperationName<A>]: [Item<A["operations"][Name]>] extends [never] ? never : Name;
}[OperationName<A>] &
  OperationName<A>;

const continued = z.looseObject({ [token]: z.string().nullable() });

/**
 * Calls a list until its last page, and yields every answer as it comes. The next page is asked for when it is wanted.
 *
 * @throws Error when the service leads in a circle; and what `call` throws
 */
export async function* paginate<A extends Api, Name extends ListName<A>>(
  client: ApiClient<A>,
  name: Name,
  input: Sent<A["operations"][Name]>,
): AsyncGenerator<Received<A["operations"][Name]>, void, undefined> {
  let page = input;
  for (const seen = new Set<string>(); ; ) {
    const answer = await client.call(name, page);
    yield answer;
    const next = continued.parse(answer)[token];
    if (next === null) return;
    if (seen.has(next)) throw new Error(`${name} leads to a page that was read already`);
    seen.add(next);
    page = { ...input, [token]: next };
  }
}

/** Calls a list until its last page, and yields every item. Throws as `paginate` does. */
export async function* items<A extends Api, Name extends ListName<A>>(
  client: ApiClient<A>,
  name: Name,
  input: Sent<A["operations"][Name]>,
): AsyncGenerator<Item<A["operations"][Name]>, void, undefined> {
  const list = listOf(operationOf(client.api, name));
  if (!list) throw new Error(`${name} is no list`);
  const listed = z.looseObject({ [list.items]: z.array(z.custom<Item<A["operations"][Name]>>()) });
  for await (const answer of paginate(client, name, input)) yield* listed.parse(answer)[list.items] ?? [];
}
