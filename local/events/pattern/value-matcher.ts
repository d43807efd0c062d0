import { BlockList, isIP } from "node:net";
import { InvalidEventPatternError } from "./pattern-error.ts";
import { compileWildcard } from "./wildcard.ts";

/** A value an event can hold at the end of a path. */
export type Scalar = string | number | boolean | null;

/** What one element of a pattern's array asks of a path: a test of a value there, or that there is none. */
export type ValueMatcher =
  | { readonly kind: "value"; readonly test: (value: Scalar) => boolean }
  | { readonly kind: "absent" };

type Operand = (operand: unknown, path: string) => ValueMatcher;

const operators: Readonly<Record<string, Operand>> = {
  prefix: (operand, path) => onText(textTest("prefix", operand, path)),
  suffix: (operand, path) => onText(textTest("suffix", operand, path)),
  "equals-ignore-case": (operand, path) => onText(textTest("equals-ignore-case", operand, path)),
  wildcard: (operand, path) => onText(textTest("wildcard", operand, path)),
  "anything-but": (operand, path) => ({ kind: "value", test: anythingBut(operand, path) }),
  numeric: (operand, path) => ({ kind: "value", test: numeric(operand, path) }),
  cidr: (operand, path) => onText(cidr(operand, path)),
  exists(operand, path) {
    if (typeof operand !== "boolean") throw new InvalidEventPatternError(path, "exists needs true or false");
    return operand ? { kind: "value", test: () => true } : { kind: "absent" };
  },
};

/**
 * Compiles one element of a pattern's array: an exact value, or an object with one operator.
 * @throws InvalidEventPatternError naming the path and the operator
 */
export function compileValueMatcher(element: unknown, path: string): ValueMatcher {
  if (isScalar(element)) return { kind: "value", test: (value) => value === element };
  if (typeof element !== "object" || element === null || Array.isArray(element))
    throw new InvalidEventPatternError(path, "An element must be a value or an object with one operator");
  const [entry, ...more] = Object.entries(element);
  if (!entry || more.length > 0) throw new InvalidEventPatternError(path, "Only one key allowed in match expression");
  const [name, operand] = entry;
  const compile = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!compile) throw new InvalidEventPatternError(path, `Unrecognized match type ${name}`);
  return compile(operand, path);
}

/** Whether a JSON value is neither object nor array. */
export function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

type TextTest = (text: string) => boolean;

function onText(test: TextTest): ValueMatcher {
  return { kind: "value", test: (value) => typeof value === "string" && test(value) };
}

/** The operators on text: in an element of their own, and as what `anything-but` excludes. */
function textTest(operator: string, operand: unknown, path: string): TextTest {
  if (operator === "prefix" || operator === "suffix") {
    const { text, ignoreCase } = affix(operator, operand, path);
    const fold = (value: string) => (ignoreCase ? value.toLowerCase() : value);
    return (value) => (operator === "prefix" ? fold(value).startsWith(fold(text)) : fold(value).endsWith(fold(text)));
  }
  if (typeof operand !== "string") throw new InvalidEventPatternError(path, `${operator} needs a string`);
  if (operator === "equals-ignore-case") return (value) => value.toLowerCase() === operand.toLowerCase();
  if (operator === "wildcard") {
    try {
      return compileWildcard(operand);
    } catch (error) {
      throw new InvalidEventPatternError(path, `wildcard: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new InvalidEventPatternError(path, `Unsupported anything-but pattern ${operator}`);
}

function affix(operator: string, operand: unknown, path: string): { text: string; ignoreCase: boolean } {
  if (typeof operand === "string") return { text: operand, ignoreCase: false };
  if (typeof operand === "object" && operand !== null) {
    const entries = Object.entries(operand);
    const [name, text] = entries[0] ?? [];
    if (entries.length === 1 && name === "equals-ignore-case" && typeof text === "string")
      return { text, ignoreCase: true };
  }
  throw new InvalidEventPatternError(path, `${operator} needs a string or {"equals-ignore-case": string}`);
}

function anythingBut(operand: unknown, path: string): (value: Scalar) => boolean {
  if (typeof operand === "object" && operand !== null && !Array.isArray(operand)) {
    const [entry, ...more] = Object.entries(operand);
    if (!entry || more.length > 0)
      throw new InvalidEventPatternError(path, "Only one key allowed in match expression of anything-but");
    const [operator, excluded] = entry;
    const list: unknown[] = Array.isArray(excluded) ? excluded : [excluded];
    const tests = list.map((text) => textTest(operator, text, path));
    if (list.length === 0 || list.some((text) => typeof text !== "string"))
      throw new InvalidEventPatternError(path, `anything-but ${operator} needs strings`);
    return (value) => typeof value !== "string" || !tests.some((test) => test(value));
  }
  const excluded: unknown[] = Array.isArray(operand) ? operand : [operand];
  const [first] = excluded;
  const ofOneType = excluded.every((value) => typeof value === typeof first);
  if (!ofOneType || (typeof first !== "string" && typeof first !== "number"))
    throw new InvalidEventPatternError(path, "anything-but needs strings or numbers, not both");
  return (value) => !excluded.includes(value);
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

/** AWS: "Comparison operators for use in event patterns": numbers from -5.0e9 to 5.0e9. */
const largestNumber = 5e9;

function numeric(operand: unknown, path: string): (value: Scalar) => boolean {
  const invalid = (reason: string) => new InvalidEventPatternError(path, `numeric: ${reason}`);
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4))
    throw invalid('needs ["=", number], one bound, or a lower and an upper bound');
  const tests: ((value: number) => boolean)[] = [];
  for (let i = 0; i < operand.length; i += 2) {
    const [operator, bound]: unknown[] = operand.slice(i, i + 2);
    const compare =
      typeof operator === "string" && Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
    if (!compare) throw invalid(`unrecognized operator ${JSON.stringify(operator)}`);
    if (typeof bound !== "number" || Math.abs(bound) > largestNumber)
      throw invalid("bounds are numbers from -5.0e9 to 5.0e9");
    tests.push((value) => compare(value, bound));
  }
  if (operand.length === 4) {
    const [lower, from, upper, to] = operand;
    if (!String(lower).startsWith(">") || !String(upper).startsWith("<"))
      throw invalid("a range is > or >=, then < or <=");
    if (from >= to) throw invalid("the lower bound must be less than the upper");
  }
  return (value) => typeof value === "number" && tests.every((test) => test(value));
}

function cidr(operand: unknown, path: string): TextTest {
  const [, address = "", bits] = (typeof operand === "string" && /^([^/]+)\/(\d{1,3})$/.exec(operand)) || [];
  const version = isIP(address);
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128))
    throw new InvalidEventPatternError(path, "cidr needs an address and a prefix length, such as 10.0.0.0/24");
  const block = new BlockList();
  block.addSubnet(address, Number(bits), version === 4 ? "ipv4" : "ipv6");
  return (text) => isIP(text) === version && block.check(text, version === 4 ? "ipv4" : "ipv6");
}
