import type { ErrorObject } from "ajv-draft-04";

/**
 * What API Gateway says about a body that does not fit its model: the messages of the Java validator it uses, one for
 * each failed keyword, without the place they are about. Members of one object are named together.
 */
export function describeViolations(errors: readonly ErrorObject[]): readonly string[] {
  const violations: { readonly at: string; readonly text: string }[] = [];
  const members = new Map<string, string[]>();
  for (const error of errors) {
    if (combining.has(error.keyword)) {
      // The branches reported first what each of them found; it is summed up by this one message.
      while (violations.at(-1)?.at.startsWith(error.instancePath) === true) violations.pop();
    }
    const member = error.params.missingProperty ?? error.params.additionalProperty;
    if ((error.keyword === "required" || error.keyword === "additionalProperties") && typeof member === "string") {
      const key = `${error.keyword} ${error.instancePath} ${error.schemaPath}`;
      const known = members.get(key);
      if (known !== undefined) {
        known.push(member);
        continue;
      }
      members.set(key, [member]);
      violations.push({ at: error.instancePath, text: key });
    } else {
      violations.push({ at: error.instancePath, text: describe(error) });
    }
  }
  return violations.map(({ text }) => {
    const names = members.get(text);
    if (names === undefined) return text;
    const list = json(names.sort());
    return text.startsWith("required ")
      ? `object has missing required properties (${list})`
      : `object instance has properties which are not allowed by the schema: ${list}`;
  });
}

const combining = new Set(["anyOf", "oneOf", "not"]);
const json = (value: unknown) => JSON.stringify(value);

function describe({ keyword, params, data, schema, message }: ErrorObject): string {
  const length = typeof data === "string" ? [...data].length : 0;
  const size = Array.isArray(data) ? data.length : Object.keys(Object(data)).length;
  const branches = Array.isArray(schema) ? schema.length : 0;
  switch (keyword) {
    case "type":
      return `instance type (${typeName(data)}) does not match any allowed primitive type (allowed: ${json(allowedTypes(schema))})`;
    case "enum":
      return `instance value (${json(data)}) not found in enum (possible values: ${json(params.allowedValues)})`;
    case "minimum":
      return params.comparison === ">"
        ? `numeric instance is not strictly greater than the required minimum ${params.limit}`
        : `numeric instance is lower than the required minimum (minimum: ${params.limit}, found: ${data})`;
    case "maximum":
      return params.comparison === "<"
        ? `numeric instance is not strictly lower than the required maximum ${params.limit}`
        : `numeric instance is greater than the required maximum (maximum: ${params.limit}, found: ${data})`;
    case "multipleOf":
      return `remainder of division is not zero (${data} / ${params.multipleOf})`;
    case "minLength":
      return `string ${json(data)} is too short (length: ${length}, required minimum: ${params.limit})`;
    case "maxLength":
      return `string ${json(data)} is too long (length: ${length}, maximum allowed: ${params.limit})`;
    case "pattern":
      return `ECMA 262 regex ${json(params.pattern)} does not match input string ${json(data)}`;
    case "format":
      return describeFormat(params.format, data);
    case "minItems":
      return `array is too short: must have at least ${params.limit} elements but instance has ${size} elements`;
    case "maxItems":
      return `array is too long: must have at most ${params.limit} elements but instance has ${size} elements`;
    case "uniqueItems":
      return "array must not contain duplicate elements";
    case "additionalItems":
      return `schema only allows ${params.limit} elements in array but instance has ${size} elements`;
    case "minProperties":
      return `object has too few properties (found ${size} but schema requires at least ${params.limit})`;
    case "maxProperties":
      return `object has too many properties (found ${size} but schema requires at most ${params.limit})`;
    case "anyOf":
      return `instance failed to match at least one required schema among ${branches}`;
    case "oneOf":
      return `instance failed to match exactly one schema (matched ${params.passingSchemas?.length ?? 0} out of ${branches})`;
    case "not":
      return "instance matched a schema which it should not have";
    default:
      return message ?? keyword;
  }
}

function describeFormat(format: unknown, data: unknown): string {
  switch (format) {
    case "date-time":
      return `string ${json(data)} is invalid against requested date format(s) [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]`;
    case "email":
      return `string ${json(data)} is not a valid email address`;
    case "hostname":
      return `string ${json(data)} is not a valid hostname`;
    case "ipv4":
      return `string ${json(data)} is not a valid IPv4 address`;
    case "ipv6":
      return `string ${json(data)} is not a valid IPv6 address`;
    default:
      return `string ${json(data)} is not a valid URI`;
  }
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

/** Every integer is a number, and the validator says so. */
function allowedTypes(types: unknown): readonly string[] {
  const names = [types].flat().map(String);
  return [...new Set(names.includes("number") ? [...names, "integer"] : names)].sort();
}
