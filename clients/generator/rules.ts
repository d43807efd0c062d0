import type { Schema } from "./schema.ts";

/** What a value has to be beside its type, and what it is when it is left out: a sentence each. */
export function rulesOf(schema: Schema): string[] {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, pattern, items } = schema;
  const sentences = [
    ...range(minLength, maxLength, " characters"),
    ...range(minimum, maximum),
    ...range(minItems, maxItems, " items"),
    ...(pattern === undefined ? [] : [`Matches \`${pattern}\`.`]),
    ...(schema.default === undefined ? [] : [`Default: \`${JSON.stringify(schema.default)}\`.`]),
  ];
  const ofItems = items && !items.properties ? rulesOf(items) : [];
  return ofItems.length > 0 ? [...sentences, `Each: ${ofItems.join(" ")}`] : sentences;
}

function range(least: number | undefined, most: number | undefined, unit = ""): string[] {
  if (least === undefined && most === undefined) return [];
  if (most === undefined) return [`At least ${least}${unit}.`];
  if (least === undefined) return [`At most ${most}${unit}.`];
  return [`${least} to ${most}${unit}.`];
}
