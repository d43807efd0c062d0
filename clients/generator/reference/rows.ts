import { rulesOf } from "../rules.ts";
import { referredName, type Schema } from "../schema.ts";

/** A member of a request or an answer, with the path to it. */
export interface Row {
  readonly path: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** A member and all that are nested in it, but for those with a name, which have a table of their own. */
export function rowsOf({ path, required, schema }: Row): Row[] {
  const inner = schema.items ? { path: `${path}[]`, schema: schema.items } : { path, schema };
  return [{ path, required, schema }, ...membersOf(inner.schema, inner.path).flatMap(rowsOf)];
}

/** The members of an object, each with the path to it. */
export const membersOf = ({ properties = {}, required = [] }: Schema, path?: string): Row[] =>
  Object.entries(properties).map(([name, schema]) => ({
    path: path === undefined ? name : `${path}.${name}`,
    required: required.includes(name),
    schema,
  }));

/** What a value is, in Markdown. */
export function typeOf(schema: Schema): string {
  const type = bareTypeOf(schema);
  return schema.nullable && type !== "null" ? `${type} or null` : type;
}

function bareTypeOf({ $ref, type, format, enum: values, items, additionalProperties, anyOf }: Schema): string {
  if ($ref !== undefined) return `[${referredName($ref)}](#${referredName($ref).toLowerCase()})`;
  if (values) return values.map((value) => (value === null ? "null" : `\`${value}\``)).join(", ");
  if (anyOf) return anyOf.map(typeOf).join(" or ");
  if (type === "array") return `list of ${items ? typeOf(items) : "anything"}`;
  if (type === "object" && additionalProperties) return `object of ${typeOf(additionalProperties)}`;
  return format ?? type ?? "anything";
}

/** What is known of a value beside its type. */
export const notesOn = (schema: Schema): string =>
  [...(schema.description === undefined ? [] : [`${schema.description}.`]), ...rulesOf(schema)].join(" ");

/** A table, or nothing when it would be empty. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** A pipe ends a cell, in code too. */
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
