import { InvalidEventPatternError } from "./pattern-error.ts";
import { compileValueMatcher, isScalar, type Scalar, type ValueMatcher } from "./value-matcher.ts";

/** Whether an event matches a pattern. */
export type EventPredicate = (event: unknown) => boolean;

type Test = (value: unknown, event: unknown) => boolean;

/**
 * Compiles a pattern of EventBridge rules and Lambda filter criteria (AWS: "Comparison operators for use in event
 * patterns in Amazon EventBridge"): fields are AND, an array's elements OR, `$or` takes whole sub-patterns. An array in
 * an event matches when one of its elements does; all fields below it must be found in the same element.
 *
 * Numbers are compared by value: 300 and 3.0e2, which AWS tells apart, are the same once parsed.
 * @throws InvalidEventPatternError naming the path and the operator or rule
 */
export function compilePattern(pattern: unknown): EventPredicate {
  const test = compileFields(pattern, []);
  return (event) => test(event, event);
}

function compileFields(pattern: unknown, path: readonly string[]): Test {
  const where = path.join(".");
  if (!isObject(pattern)) throw new InvalidEventPatternError(where, "A pattern must be an object");
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new InvalidEventPatternError(where, "Empty objects are not allowed");
  const tests = entries.map(([name, part]) =>
    name === "$or" ? compileAlternatives(part, path) : compileField(name, part, [...path, name]),
  );
  return (value, event) => tests.every((test) => test(value, event));
}

function compileAlternatives(patterns: unknown, path: readonly string[]): Test {
  if (!Array.isArray(patterns) || patterns.length < 2)
    throw new InvalidEventPatternError([...path, "$or"].join("."), "$or needs an array of at least two patterns");
  const tests = patterns.map((pattern) => compileFields(pattern, path));
  return (value, event) => tests.some((test) => test(value, event));
}

function compileField(name: string, part: unknown, path: readonly string[]): Test {
  if (isObject(part)) {
    const fields = compileFields(part, path);
    return (value, event) => {
      const candidates = objectsIn(read(value, name));
      // Below nothing, only {"exists": false} can still match.
      return candidates.length === 0 ? fields(undefined, event) : candidates.some((object) => fields(object, event));
    };
  }
  const where = path.join(".");
  if (!Array.isArray(part)) throw new InvalidEventPatternError(where, "A field must be an object or an array");
  if (part.length === 0) throw new InvalidEventPatternError(where, "Empty arrays are not allowed");
  const matchers = part.map((element) => compileValueMatcher(element, where));
  return (value, event) => matchLeaf(matchers, scalarsIn(read(value, name)), () => scalarsAt(event, path));
}

function matchLeaf(matchers: readonly ValueMatcher[], here: readonly Scalar[], everywhere: () => readonly Scalar[]) {
  return matchers.some((matcher) =>
    // Absence is asked of the whole event, as EventBridge does, not of one element of an array in it.
    matcher.kind === "absent" ? everywhere().length === 0 : here.some(matcher.test),
  );
}

/** All values at a path, in whatever array elements; `exists` counts these leaves only. */
function scalarsAt(event: unknown, path: readonly string[]): readonly Scalar[] {
  const parents = path
    .slice(0, -1)
    .reduce<unknown[]>((objects, name) => objects.flatMap((object) => objectsIn(read(object, name))), [event]);
  return parents.flatMap((parent) => scalarsIn(read(parent, path.at(-1) ?? "")));
}

function scalarsIn(value: unknown): readonly Scalar[] {
  if (Array.isArray(value)) return value.flatMap(scalarsIn);
  return isScalar(value) ? [value] : [];
}

function objectsIn(value: unknown): readonly object[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isObject(value) ? [value] : [];
}

function read(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
