/**
 * A DynamoDB attribute value as it is on the wire: exactly one of the members is set. `N` is a decimal string,
 * `B` is base64.
 */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly B?: string;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly L?: readonly AttributeValue[];
  readonly M?: Item;
}

/** An item, or a map inside one: attribute values by name. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** The type descriptor of a value: `S`, `N`, `M`, … */
export function typeOf(value: AttributeValue | undefined): string | undefined {
  return value === undefined ? undefined : Object.keys(value)[0];
}

/**
 * Equality as DynamoDB defines it: same type and same content; sets without order, maps without key order, lists in
 * order, numbers by value.
 */
export function sameValue(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === undefined || b === undefined || typeOf(a) !== typeOf(b)) return false;
  if (a.N !== undefined && b.N !== undefined) return compareDecimals(a.N, b.N) === 0;
  if (a.M && b.M) return sameItem(a.M, b.M);
  if (a.L && b.L) {
    const [left, right] = [a.L, b.L];
    return left.length === right.length && left.every((value, index) => sameValue(value, right[index]));
  }
  if (a.SS && b.SS) return sameSet(a.SS, b.SS);
  if (a.BS && b.BS) return sameSet(a.BS, b.BS);
  if (a.NS && b.NS) return sameSet(a.NS.map(canonicalZero), b.NS.map(canonicalZero));
  return a.S === b.S && a.B === b.B && a.BOOL === b.BOOL && a.NULL === b.NULL;
}

/** Equality of two items; two absent items are equal. */
export function sameItem(a: Item | undefined, b: Item | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => sameValue(a[name], b[name]));
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const members = new Set(a);
  return a.length === b.length && b.every((member) => members.has(member));
}

/**
 * The order of two scalars of one type: negative, zero or positive. Strings and binaries compare by their bytes, numbers
 * by value.
 * @returns undefined when the types differ or have no order (AWS: "Comparison operator and function reference").
 */
export function compareScalars(a: AttributeValue | undefined, b: AttributeValue | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.N !== undefined && b.N !== undefined) return compareDecimals(a.N, b.N);
  if (a.S !== undefined && b.S !== undefined) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  if (a.B !== undefined && b.B !== undefined) return Buffer.compare(bytes(a.B), bytes(b.B));
  return undefined;
}

/** The bytes of a binary value. */
export function bytes(base64: string): Buffer {
  return Buffer.from(base64, "base64");
}

/**
 * Compares two plain decimal strings (no exponent, no leading zeros: the form every stored number has) exactly, which
 * floating point cannot do for DynamoDB's 38 digits.
 */
export function compareDecimals(a: string, b: string): number {
  const [left, right] = [canonicalZero(a), canonicalZero(b)];
  const [leftNegative, rightNegative] = [left.startsWith("-"), right.startsWith("-")];
  if (leftNegative !== rightNegative) return leftNegative ? -1 : 1;
  return leftNegative ? compareMagnitudes(right.slice(1), left.slice(1)) : compareMagnitudes(left, right);
}

function compareMagnitudes(a: string, b: string): number {
  const [leftInteger = "", leftFraction = ""] = a.split(".");
  const [rightInteger = "", rightFraction = ""] = b.split(".");
  if (leftInteger.length !== rightInteger.length) return leftInteger.length - rightInteger.length;
  const [left, right] = [leftInteger + leftFraction, rightInteger + rightFraction];
  return left < right ? -1 : left > right ? 1 : 0;
}

function canonicalZero(decimal: string): string {
  return decimal === "-0" ? "0" : decimal;
}
