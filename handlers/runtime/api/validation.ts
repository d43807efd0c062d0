import type * as z from "zod";
import { badInput } from "./bad-input.ts";
import type { Input, Operation } from "./description.ts";
import { parseJsonBody } from "./json-body.ts";

/** The parts of a request that an operation describes, as they came off the wire. */
export interface RawInput {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Text of the body; undefined when there is none, which counts as `{}`. */
  readonly body: string | undefined;
}

/**
 * Parses a request by its operation's description and merges it into one flat input.
 *
 * @throws RequestError `BadRequest` that lists every problem as `<field>: <rule>`
 */
export function parseInput<O extends Operation>(operation: O, raw: RawInput): Input<O> {
  const parts: [z.ZodObject | undefined, unknown][] = [
    [operation.parameters, raw.parameters],
    [operation.query, raw.query],
    [operation.body, operation.body ? bodyOf(raw.body) : {}],
  ];
  const problems: string[] = [];
  const input: Record<string, unknown> = {};
  for (const [schema, value] of parts) {
    const parsed = schema?.safeParse(value);
    if (parsed?.success) Object.assign(input, parsed.data);
    if (parsed?.error) problems.push(...parsed.error.issues.map(problem));
  }
  if (problems.length > 0) throw badInput(problems.join("; "));
  // What the schemas parsed, merged, is what Input<O> spells; the compiler cannot follow a merge in a loop.
  return input as Input<O>;
}

const bodyOf = (text: string | undefined): unknown =>
  text === undefined || text.trim() === "" ? {} : parseJsonBody(text);

/** `container_properties.timeout: must …`, or `body: …` when the whole is wrong. */
const problem = ({ path, message }: z.core.$ZodIssue) => `${path.length > 0 ? path.join(".") : "body"}: ${message}`;
