import { stringLike } from "../string-like.ts";
import type { RequestContext } from "./access.ts";
import { valuesOf } from "./condition-keys.ts";

/** Whether a request's value of a key fits one that the policy gives. */
type Fits = (value: string, given: string) => boolean;

interface Comparison {
  readonly fits: Fits;
  /** Whether it holds when nothing fits, and so also when the request does not have the key. */
  readonly negated: boolean;
  /** What is wrong with a value that the policy gives. @default nothing is */
  readonly problem?: (given: string) => string | undefined;
}

const ignoringCase: Fits = (value, given) => value.toLowerCase() === given.toLowerCase();
const equal: Fits = (value, given) => value === given;

/** Each of the six parts for itself: a wildcard does not reach across a colon, but in the last part (AWS IAM: ArnLike). */
function arnLike(value: string, given: string): boolean {
  const [parts, patterns] = [arnParts(value), arnParts(given)];
  return (
    patterns.length === parts.length && patterns.every((pattern, index) => stringLike(pattern, parts[index] ?? ""))
  );
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(":");
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

const numeric = (compare: (value: number, given: number) => boolean): Fits => {
  return (value, given) => isNumber(value) && compare(Number(value), Number(given));
};
const isNumber = (text: string) => /^[+-]?\d+(\.\d+)?$/.test(text);
const needsNumber = (given: string) => (isNumber(given) ? undefined : `"${given}" is not a number`);
const needsTruth = (given: string) => (/^(true|false)$/i.test(given) ? undefined : `"${given}" is not true or false`);

const positive = (fits: Fits, problem?: Comparison["problem"]): Comparison => ({
  fits,
  negated: false,
  ...(problem && { problem }),
});
const negated = (fits: Fits, problem?: Comparison["problem"]): Comparison => ({
  fits,
  negated: true,
  ...(problem && { problem }),
});

/** AWS IAM: "IAM JSON policy elements: Condition operators", without those on dates, bytes and addresses. */
const comparisons: ReadonlyMap<string, Comparison> = new Map([
  ["StringEquals", positive(equal)],
  ["StringNotEquals", negated(equal)],
  ["StringEqualsIgnoreCase", positive(ignoringCase)],
  ["StringNotEqualsIgnoreCase", negated(ignoringCase)],
  ["StringLike", positive((value, given) => stringLike(given, value))],
  ["StringNotLike", negated((value, given) => stringLike(given, value))],
  ["ArnEquals", positive(arnLike)],
  ["ArnLike", positive(arnLike)],
  ["ArnNotEquals", negated(arnLike)],
  ["ArnNotLike", negated(arnLike)],
  ["Bool", positive(ignoringCase, needsTruth)],
  [
    "NumericEquals",
    positive(
      numeric((value, given) => value === given),
      needsNumber,
    ),
  ],
  [
    "NumericNotEquals",
    negated(
      numeric((value, given) => value === given),
      needsNumber,
    ),
  ],
  [
    "NumericLessThan",
    positive(
      numeric((value, given) => value < given),
      needsNumber,
    ),
  ],
  [
    "NumericLessThanEquals",
    positive(
      numeric((value, given) => value <= given),
      needsNumber,
    ),
  ],
  [
    "NumericGreaterThan",
    positive(
      numeric((value, given) => value > given),
      needsNumber,
    ),
  ],
  [
    "NumericGreaterThanEquals",
    positive(
      numeric((value, given) => value >= given),
      needsNumber,
    ),
  ],
]);

/** One condition of a statement: an operator, a key, and the values any of which will do. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

interface Operator {
  readonly quantifier: "ForAllValues" | "ForAnyValue" | undefined;
  readonly ifExists: boolean;
  /** Undefined for `Null`, which asks whether there is a value and not which. */
  readonly comparison: Comparison | undefined;
}

function parseOperator(text: string): Operator | undefined {
  const [, quantifier, name = ""] = /^(?:(ForAllValues|ForAnyValue):)?(\w+)$/.exec(text) ?? [];
  if (name === "Null" && quantifier === undefined) return { quantifier, ifExists: false, comparison: undefined };
  const ifExists = name.endsWith("IfExists");
  const comparison = comparisons.get(ifExists ? name.slice(0, -"IfExists".length) : name);
  if (!comparison) return undefined;
  return {
    quantifier: quantifier === "ForAllValues" || quantifier === "ForAnyValue" ? quantifier : undefined,
    ifExists,
    comparison,
  };
}

/** What is wrong with an operator and its values, if anything is. */
export function operatorProblems({ operator: text, values }: Condition): string[] {
  const operator = parseOperator(text);
  if (!operator) return [`the condition operator ${text} is not known on this machine`];
  const problem = operator.comparison ? operator.comparison.problem : needsTruth;
  return values.flatMap((value) => problem?.(value) ?? []);
}

/** Whether an operator says if it is about all values of its key or about any; undefined for `Null`, which need not. */
export function isQuantified(text: string): boolean | undefined {
  const operator = parseOperator(text);
  return operator?.comparison && operator.quantifier !== undefined;
}

/**
 * Makes the test of a request's context.
 * @throws Error for an operator that is not known: `operatorProblems` tells before
 */
export function compileCondition({ operator: text, key, values }: Condition): (context: RequestContext) => boolean {
  const operator = parseOperator(text);
  if (!operator) throw new Error(`${text} is no condition operator`);
  const { comparison, quantifier, ifExists } = operator;
  if (!comparison) {
    const absent = values.map((value) => value.toLowerCase() === "true");
    return (context) => absent.includes(valuesOf(key, context).length === 0);
  }
  const holds = (value: string) => values.some((given) => comparison.fits(value, given)) !== comparison.negated;
  return (context) => {
    const present = valuesOf(key, context);
    if (present.length === 0 && ifExists) return true;
    if (quantifier === "ForAllValues") return present.every(holds);
    if (quantifier === "ForAnyValue") return present.some(holds);
    return present.length === 0 ? comparison.negated : present.every(holds);
  };
}
