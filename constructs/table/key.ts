import type { Rule } from "../validation/index.ts";

/** An attribute that items are found by. */
export interface Key {
  readonly name: string;
  /** As DynamoDB calls it: string, number or binary. */
  readonly type: "S" | "N" | "B";
}

/** A key that is text. */
export const string = (name: string): Key => ({ name, type: "S" });
/** A key that is a number. */
export const number = (name: string): Key => ({ name, type: "N" });
/** A key that is bytes. */
export const binary = (name: string): Key => ({ name, type: "B" });

/** Rules of keys: each has a name of 1 to 255 bytes, and one attribute has one type wherever it is a key. */
export function keyProblems(keys: readonly (readonly [prop: string, key: Key])[]): Rule[] {
  const first = new Map<string, readonly [prop: string, key: Key]>();
  for (const entry of keys) if (!first.has(entry[1].name)) first.set(entry[1].name, entry);
  return keys.flatMap(([prop, key]): Rule[] => {
    const [firstProp, firstKey] = first.get(key.name) ?? [prop, key];
    const bytes = Buffer.byteLength(key.name);
    return [
      [bytes < 1 || bytes > 255, `${prop} has a name of ${bytes} bytes, but must have 1 to 255`],
      [firstKey.type !== key.type, `${prop} says ${key.name} is ${key.type}, but ${firstProp} says ${firstKey.type}`],
    ];
  });
}

/** Each attribute once, in the order of their names. */
export const keyAttributes = (keys: readonly (readonly [prop: string, key: Key])[]): { name: string; type: string }[] =>
  [...new Map(keys.map(([, { name, type }]) => [name, type]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, type]) => ({ name, type }));
