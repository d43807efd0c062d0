import type { RequestError } from "../errors.ts";
import { badInput } from "./bad-input.ts";

/** Arrays and objects within each other that a body may have: what reads one by recursion never runs out of stack. */
export const jsonDepth = 100;

/** Bytes of a body: more than any operation takes, and little enough to parse at once. The gateway itself takes 10 MB. */
export const largestBody = 1_048_576;

/**
 * Parses a body so that what the service gets is what the client sent. What JavaScript would keep otherwise than it was
 * sent is refused: a whole number that does not fit a double, and the name `__proto__`, which gets lost on copying.
 *
 * @throws RequestError `BadRequest` naming the path, or telling that the body is too large to be looked at
 */
export function parseJsonBody(text: string): unknown {
  const bytes = Buffer.byteLength(text);
  if (bytes > largestBody) throw badInput(`body: at most ${largestBody} bytes, but has ${bytes}`);
  const body = parse(text);
  const { hasLargeInteger } = examine(body);
  // Only the text tells if a large number is the one that was sent, and reading it along takes several times as long.
  if (hasLargeInteger) examine(parse(text, markInexact));
  return body;
}

/** Stands in the place of a number that is not the one that was sent. */
const inexact = Symbol("inexact");

function markInexact(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (!isLargeInteger(value)) return value;
  const source = context?.source ?? "";
  // Fractions and powers of ten are doubles to whoever writes them.
  return /^-?\d+$/.test(source) && String(value) !== source ? inexact : value;
}

const isLargeInteger = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value);

function parse(text: string, reviver?: typeof markInexact): unknown {
  try {
    return JSON.parse(text, reviver);
  } catch {
    throw badInput("body: must be JSON");
  }
}

interface Part {
  readonly value: unknown;
  /** The last name or place on the way to it, and what it is in; the body itself has neither. */
  readonly name?: string;
  readonly within?: Part;
  readonly depth: number;
}

/** Looks at every part of a body, however deep, without recursion. */
function examine(body: unknown): { readonly hasLargeInteger: boolean } {
  const left: Part[] = [{ value: body, depth: 0 }];
  let hasLargeInteger = false;
  for (let part = left.pop(); part; part = left.pop()) {
    const { value, name, depth } = part;
    if (name === "__proto__") throw refusal(part, "is a name no member may have");
    if (value === inexact) throw refusal(part, "is a whole number that does not fit a double: send it as text");
    if (isLargeInteger(value)) hasLargeInteger = true;
    if (typeof value !== "object" || value === null) continue;
    if (depth === jsonDepth) throw refusal(part, `is nested deeper than ${jsonDepth} levels`);
    for (const [name, inner] of Object.entries(value))
      left.push({ value: inner, name, within: part, depth: depth + 1 });
  }
  return { hasLargeInteger };
}

function refusal(part: Part, problem: string): RequestError {
  const path: string[] = [];
  for (let at: Part | undefined = part; at?.name !== undefined; at = at.within) path.unshift(at.name);
  return badInput(`${path.length > 0 ? path.join(".") : "body"}: ${problem}`);
}
