import { type AttributeValue, bytes, compareScalars, type Item, sameValue, typeOf } from "./attribute-value.ts";

/** A document path: attribute names and list indexes. */
export type Path = readonly (string | number)[];

/** An operand: a path into the item, a `size(path)`, or a literal value. */
export type Operand = Path | SizeFunction | AttributeValue;

interface SizeFunction {
  readonly type: "function";
  readonly name: "size";
  readonly args: readonly Operand[];
}

/** A parsed condition or filter expression. */
export type Expression =
  | { readonly type: "and"; readonly args: readonly Expression[] }
  | { readonly type: "or"; readonly args: readonly Expression[] }
  | { readonly type: "not"; readonly args: readonly Expression[] }
  | { readonly type: "function"; readonly name: string; readonly args: readonly Operand[] }
  | { readonly type: Comparison; readonly args: readonly Operand[] };

type Comparison = "=" | "<>" | "<" | "<=" | ">" | ">=" | "between" | "in";

/** The older form of conditions: `Expected`, `QueryFilter`, `ScanFilter` (AWS: "Legacy conditional parameters"). */
export interface LegacyCondition {
  readonly Exists?: boolean;
  readonly Value?: AttributeValue;
  readonly ComparisonOperator?: string;
  readonly AttributeValueList?: readonly AttributeValue[];
}

/** Whether the item satisfies the expression; an absent item is an empty one. */
export function satisfies(expression: Expression, item: Item): boolean {
  if (expression.type === "and") return expression.args.every((part) => satisfies(part, item));
  if (expression.type === "or") return expression.args.some((part) => satisfies(part, item));
  if (expression.type === "not") return !expression.args.every((part) => satisfies(part, item));
  const [subject, ...operands] = expression.args.map((operand) => resolve(operand, item));
  return compare(expression.type === "function" ? expression.name : expression.type, subject, operands);
}

/** Whether the item satisfies a legacy filter; the conditions are joined by AND unless `operator` is `OR`. */
export function satisfiesLegacy(
  conditions: Readonly<Record<string, LegacyCondition>>,
  operator: string | undefined,
  item: Item,
): boolean {
  const results = Object.entries(conditions).map(([name, condition]) => {
    const comparison =
      condition.Exists === undefined ? (condition.ComparisonOperator ?? "EQ") : condition.Exists ? "NOT_NULL" : "NULL";
    // { Exists: true, Value } means "equals Value", not merely "exists".
    const effective = condition.Exists === true && condition.Value !== undefined ? "EQ" : comparison;
    const operands = condition.AttributeValueList ?? (condition.Value === undefined ? [] : [condition.Value]);
    return compare(effective, attribute(item, name), operands);
  });
  return operator === "OR" ? results.some(Boolean) : results.every(Boolean);
}

/**
 * One comparison, in the spelling of expressions (`<=`, `attribute_exists`) or of the legacy parameters (`LE`,
 * `NOT_NULL`). A comparison with an attribute that is not there is false, except `<>` and the negations.
 */
export function compare(
  operator: string,
  subject: AttributeValue | undefined,
  operands: readonly (AttributeValue | undefined)[],
): boolean {
  const [operand, upper] = operands;
  switch (operator) {
    case "=":
    case "EQ":
      return sameValue(subject, operand);
    case "<>":
    case "NE":
      return !sameValue(subject, operand);
    case "<":
    case "LT":
      return ordered(subject, operand, (order) => order < 0);
    case "<=":
    case "LE":
      return ordered(subject, operand, (order) => order <= 0);
    case ">":
    case "GT":
      return ordered(subject, operand, (order) => order > 0);
    case ">=":
    case "GE":
      return ordered(subject, operand, (order) => order >= 0);
    case "between":
    case "BETWEEN":
      return ordered(subject, operand, (order) => order >= 0) && ordered(subject, upper, (order) => order <= 0);
    case "in":
    case "IN":
      return operands.some((candidate) => sameValue(subject, candidate));
    case "attribute_exists":
    case "NOT_NULL":
      return subject !== undefined;
    case "attribute_not_exists":
    case "NULL":
      return subject === undefined;
    case "attribute_type":
      return operand?.S !== undefined && typeOf(subject) === operand.S;
    case "begins_with":
    case "BEGINS_WITH":
      return beginsWith(subject, operand);
    case "contains":
    case "CONTAINS":
      return contains(subject, operand);
    case "NOT_CONTAINS":
      return !contains(subject, operand);
    default:
      throw new Error(`The condition parser returned an operator that has no meaning here: ${operator}`);
  }
}

function ordered(
  subject: AttributeValue | undefined,
  operand: AttributeValue | undefined,
  holds: (order: number) => boolean,
): boolean {
  const order = compareScalars(subject, operand);
  return order !== undefined && holds(order);
}

function beginsWith(subject: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
  if (subject?.S !== undefined && prefix?.S !== undefined) return subject.S.startsWith(prefix.S);
  if (subject?.B !== undefined && prefix?.B !== undefined) {
    const start = bytes(prefix.B);
    return bytes(subject.B).subarray(0, start.length).equals(start);
  }
  return false;
}

function contains(subject: AttributeValue | undefined, operand: AttributeValue | undefined): boolean {
  if (subject === undefined || operand === undefined) return false;
  if (subject.S !== undefined && operand.S !== undefined) return subject.S.includes(operand.S);
  if (subject.B !== undefined && operand.B !== undefined) return bytes(subject.B).includes(bytes(operand.B));
  if (subject.L) return subject.L.some((element) => sameValue(element, operand));
  if (subject.SS && operand.S !== undefined) return subject.SS.includes(operand.S);
  if (subject.BS && operand.B !== undefined) return subject.BS.includes(operand.B);
  if (subject.NS && operand.N !== undefined) return subject.NS.some((member) => sameValue({ N: member }, operand));
  return false;
}

function resolve(operand: Operand, item: Item): AttributeValue | undefined {
  if (isPath(operand)) return valueAt(operand, item);
  if (!("type" in operand)) return operand;
  const [argument] = operand.args;
  const size = argument === undefined ? undefined : sizeOf(resolve(argument, item));
  return size === undefined ? undefined : { N: String(size) };
}

function isPath(operand: Operand): operand is Path {
  return Array.isArray(operand);
}

function valueAt(path: Path, item: Item): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item };
  for (const step of path) value = typeof step === "number" ? value?.L?.[step] : attribute(value?.M, step);
  return value;
}

/** An attribute may be named like a member of Object.prototype (`constructor`), so only own properties count. */
function attribute(item: Item | undefined, name: string): AttributeValue | undefined {
  return item !== undefined && Object.hasOwn(item, name) ? item[name] : undefined;
}

function sizeOf(value: AttributeValue | undefined): number | undefined {
  if (value?.S !== undefined) return value.S.length;
  if (value?.B !== undefined) return bytes(value.B).length;
  if (value?.M) return Object.keys(value.M).length;
  return (value?.L ?? value?.SS ?? value?.NS ?? value?.BS)?.length;
}
