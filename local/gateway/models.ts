import ajvModule from "ajv-draft-04";
import formatsModule from "ajv-formats";
import { describeViolations } from "./violations.ts";

/** Checks one value against a model. @returns what is wrong with it, nothing when it is valid */
export type ModelValidator = (value: unknown) => readonly string[];

// Both are CommonJS: `default` is the same under Node's own modules and under a transpiler's.
const Ajv = ajvModule.default;
const addFormats = formatsModule.default;

type Schema = Readonly<Record<string, unknown>>;

/** The formats draft-04 knows. API Gateway lets every value pass for others, such as `uuid`. */
const formats = ["date-time", "email", "hostname", "ipv4", "ipv6", "uri"] as const;

const componentReference = /^#\/components\/schemas\/[A-Za-z0-9]+$/;

/**
 * Compiles the models of an API the way API Gateway reads them: JSON Schema draft-04, where `nullable` means nothing
 * and nothing beside a `$ref` counts. AWS: "Request validation for REST APIs".
 * @returns a compiler for the schema of one request body
 * @throws Error naming the component that is no draft-04 schema, or the reference that leads nowhere
 */
export function createModels(components: Readonly<Record<string, Schema>>): (schema: Schema) => ModelValidator {
  // Regular expressions are ECMA 262 without the `u` flag, as in the validator API Gateway uses.
  const ajv = new Ajv({ strict: false, allErrors: true, verbose: true, unicodeRegExp: false, logger: false });
  addFormats(ajv, { mode: "full", formats: [...formats], keywords: false });
  const schemas = Object.fromEntries(
    Object.entries(components).map(([name, schema]) => [name, checked(ajv, draft04(schema), name)]),
  );
  return (schema) => {
    const root = { ...checked(ajv, draft04(schema), "request body"), components: { schemas } };
    const validate = ajv.compile("$ref" in root ? { allOf: [{ $ref: root.$ref }], components: { schemas } } : root);
    return (value) => (validate(value) ? [] : describeViolations(validate.errors ?? []));
  };
}

function checked(ajv: InstanceType<typeof Ajv>, schema: Schema, name: string): Schema {
  if (ajv.validateSchema(schema) !== true) {
    throw new Error(`${name} is not a JSON Schema of draft-04: ${ajv.errorsText(ajv.errors)}`);
  }
  return schema;
}

const keywordsWithSchema = ["additionalItems", "additionalProperties", "items", "not"];
const keywordsWithSchemas = ["allOf", "anyOf", "oneOf", "items"];
const keywordsWithNamedSchemas = ["properties", "patternProperties", "definitions"];

/** The schema without what API Gateway drops. Only schemas are rewritten: a property may well be called `nullable`. */
function draft04(schema: Schema): Schema {
  if ("$ref" in schema) {
    if (!componentReference.test(String(schema.$ref))) {
      throw new Error(`$ref "${String(schema.$ref)}": only #/components/schemas/<name> is supported`);
    }
    return { $ref: schema.$ref };
  }
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => keyword !== "nullable")
      .map(([keyword, value]) => {
        if (isSchema(value) && keywordsWithSchema.includes(keyword)) return [keyword, draft04(value)];
        if (Array.isArray(value) && keywordsWithSchemas.includes(keyword)) {
          return [keyword, value.map((each) => (isSchema(each) ? draft04(each) : each))];
        }
        if (isSchema(value) && keywordsWithNamedSchemas.includes(keyword)) {
          const named = Object.entries(value).map(([name, each]) => [name, isSchema(each) ? draft04(each) : each]);
          return [keyword, Object.fromEntries(named)];
        }
        return [keyword, value];
      }),
  );
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
