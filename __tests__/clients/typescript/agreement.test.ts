import type * as generated from "../../../clients/connector-framework/typescript/index.js";
import type { connectorFrameworkApi } from "../../../handlers/connector-framework/contract/api.ts";
import type { ApiClientOptions } from "../../../handlers/runtime/api/client.ts";
import type { Received, Sent } from "../../../handlers/runtime/api/description.ts";
import type { Item, ListName } from "../../../handlers/runtime/api/pages.ts";

type Api = typeof connectorFrameworkApi;
type Described = Api["operations"];
type Name = generated.OperationName;

/** If one type can be used wherever the other is. The compiler answers: a test with the wrong answer does not compile. */
type Fits<From, To> = [From] extends [To] ? true : false;
type Same<A, B> = Fits<A, B> extends true ? Fits<B, A> : false;
/** If something holds for all operations. */
type All<Answers> = Fits<Answers[keyof Answers], true>;

test("the declarations have the description's operations and lists", () => {
  const operations: Same<Name, keyof Described> = true;
  const lists: Same<keyof generated.Lists, ListName<Api>> = true;
  expect([operations, lists]).toEqual([true, true]);
});

test("whatever the declarations let through, the client takes", () => {
  const inputs: All<{ [N in Name]: Fits<generated.Operations[N]["input"], Sent<Described[N]>> }> = true;
  const options: Same<generated.ClientOptions, ApiClientOptions> = true;
  expect([inputs, options]).toEqual([true, true]);
});

test("what the client answers is what the declarations say", () => {
  const answers: All<{ [N in Name]: Same<Received<Described[N]>, generated.Operations[N]["output"]> }> = true;
  const items: All<{ [N in ListName<Api>]: Same<Item<Described[N]>, generated.Lists[N]> }> = true;
  expect([answers, items]).toEqual([true, true]);
});
