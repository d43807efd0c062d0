import { referredName, type Schema } from "../schema.ts";

/** A shape of a service model, in botocore's words. */
export type Shape = Readonly<Record<string, unknown>>;

/** A member of a structure, before it has a shape. */
export interface Member {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
  /** Where it goes in a request. @default the body */
  readonly location?: "uri" | "querystring";
}

/** Any JSON: botocore sends what it is given and hands over what it gets. */
const anyJson: Shape = { type: "structure", members: {}, document: true };

/** The shapes of a service model, made from schemas. What is nested in a shape is named after it. */
export class Shapes {
  readonly #components: Readonly<Record<string, Schema>>;
  readonly #shapes = new Map<string, Shape>();

  constructor(components: Readonly<Record<string, Schema>>) {
    this.#components = components;
  }

  /** All that were made, by name. */
  get all(): Readonly<Record<string, Shape>> {
    return Object.fromEntries([...this.#shapes].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Adds a structure and returns its name. */
  structure(name: string, members: readonly Member[], more: Shape = {}): string {
    const required = members.filter((member) => member.required).map((member) => member.name);
    return this.#add(name, {
      type: "structure",
      ...(required.length > 0 && { required }),
      members: Object.fromEntries(members.map((member) => [member.name, this.#memberOf(name, member)])),
      ...more,
    });
  }

  #memberOf(structure: string, { name, schema, location }: Member): Shape {
    const shape = this.#shapeOf(schema, structure, pascal(name));
    return { shape, ...(location && { location, locationName: name }), ...documentation(schema.description) };
  }

  #shapeOf(schema: Schema, within: string, called: string): string {
    const { $ref, type, items, properties, additionalProperties } = schema;
    const name = `${within}${called}`;
    if ($ref !== undefined) return this.#component(referredName($ref));
    if (type === "object" && properties) return this.structure(name, membersOf(schema));
    if (type === "object" && additionalProperties) {
      const value = this.#shapeOf(additionalProperties, within, `${called}Value`);
      return this.#add(name, { type: "map", key: { shape: this.#add("String", text) }, value: { shape: value } });
    }
    if (type === "array" && items) {
      const rules = rulesOf({ min: schema.minItems, max: schema.maxItems });
      return this.#add(name, {
        type: "list",
        member: { shape: this.#shapeOf(items, within, `${called}Item`) },
        ...rules,
      });
    }
    if (type === undefined || type === "array" || type === "object") return this.#add(called, anyJson, name);
    return this.#scalar(type, schema, within, called);
  }

  /** One of the description's named schemas. One that is not an object is JSON of any kind. */
  #component(name: string): string {
    if (this.#shapes.has(name)) return name;
    const schema = this.#components[name];
    if (!schema) throw new Error(`there is no schema ${name}`);
    return schema.properties ? this.structure(name, membersOf(schema)) : this.#add(name, anyJson);
  }

  #scalar(type: "string" | "integer" | "number" | "boolean", schema: Schema, within: string, called: string): string {
    const rules = rulesOf({
      min: schema.minLength ?? schema.minimum,
      max: schema.maxLength ?? schema.maximum,
      pattern: schema.pattern,
      enum: schema.enum,
    });
    const shape = { type: type === "number" ? "double" : type, ...rules };
    if (Object.keys(rules).length > 0) return this.#add(called, shape, `${within}${called}`);
    return this.#add(pascal(shape.type), shape);
  }

  /** Adds a shape, under its other name when the first stands for something else. */
  #add(name: string, shape: Shape, otherName?: string): string {
    const known = this.#shapes.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(shape)) {
      if (otherName === undefined) throw new Error(`${name} stands for two shapes`);
      return this.#add(otherName, shape);
    }
    this.#shapes.set(name, shape);
    return name;
  }
}

const text: Shape = { type: "string" };

/** The members of an object. One that may be null is missing then from what botocore hands over. */
export const membersOf = ({ properties = {}, required = [] }: Schema): Member[] =>
  Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    required: required.includes(name) && !schema.nullable,
  }));

const rulesOf = (rules: Shape): Shape =>
  Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined));

/** `container_properties` as ContainerProperties. */
const pascal = (name: string) => name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What boto3 shows of something, which is HTML. */
export const documentation = (words: string | undefined): Shape =>
  words === undefined ? {} : { documentation: `<p>${html(words)}</p>` };

const html = (words: string) =>
  words
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/`([^`]+)`/g, "<code>$1</code>");
