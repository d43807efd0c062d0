import { rulesOf } from "../rules.ts";
import { referredName, type Schema } from "../schema.ts";

/** A member of an interface. */
export interface TypedMember {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
}

const indented = (text: string) => text.replace(/^(?=.)/gm, "  ");

/** An interface, with what is known of each member above it. */
export const interfaceOf = (name: string, members: readonly TypedMember[]): string =>
  `export interface ${name} ${bodyOf(members)}\n`;

/** A named schema: an interface, or a type of its own when it is no object. */
export const namedType = (name: string, schema: Schema): string =>
  schema.properties ? interfaceOf(name, membersOf(schema)) : `export type ${name} = ${typeOf(schema)};\n`;

export const membersOf = ({ properties = {}, required = [] }: Schema): TypedMember[] =>
  Object.entries(properties).map(([name, schema]) => ({ name, schema, required: required.includes(name) }));

const bodyOf = (members: readonly TypedMember[]): string =>
  members.length === 0 ? "{}" : `{\n${indented(members.map(memberOf).join("\n"))}\n}`;

function memberOf({ name, schema, required }: TypedMember): string {
  const { description } = schema;
  const notes = [...(description === undefined ? [] : [`${description}.`]), ...rulesOf(schema)].join(" ");
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
  // Left out or undefined: whoever builds an input from parts should not have to tell the two apart.
  const declared = required ? `${key}: ${typeOf(schema)};` : `${key}?: ${typeOf(schema)} | undefined;`;
  return notes === "" ? declared : `${comment(notes)}\n${declared}`;
}

/** A documentation comment, which nothing in the text can end. */
export const comment = (text: string): string => `/** ${text.replaceAll("*/", "*\\/")} */`;

function typeOf(schema: Schema): string {
  const type = bareTypeOf(schema);
  return schema.nullable && type !== "null" ? `${type} | null` : type;
}

function bareTypeOf({ $ref, type, enum: values, items, properties, required, additionalProperties, anyOf }: Schema) {
  if ($ref !== undefined) return referredName($ref);
  if (values) return values.map((value) => JSON.stringify(value)).join(" | ");
  if (anyOf) return anyOf.map(typeOf).join(" | ");
  switch (type) {
    case "string":
    case "boolean":
      return type;
    case "number":
    case "integer":
      return "number";
    case "array":
      return `${parenthesized(items ? typeOf(items) : "unknown")}[]`;
    case "object":
      if (properties) return bodyOf(membersOf({ properties, required }));
      return `{ [name: string]: ${additionalProperties ? typeOf(additionalProperties) : "unknown"} }`;
    default:
      return "unknown";
  }
}

const parenthesized = (type: string) => (/^[\w"]+$/.test(type) || type.startsWith("{") ? type : `(${type})`);
