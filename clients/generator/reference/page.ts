import { gatewayErrorStatuses } from "../../../handlers/runtime/api/gateway-responses.ts";
import type { PublishedApi, PublishedError, PublishedOperation } from "../published-api.ts";
import { referredName, type Schema } from "../schema.ts";
import { membersOf, notesOn, rowsOf, table, typeOf } from "./rows.ts";

/** The API's reference: every operation with its members, limits, answers and errors. */
export function referencePage(published: PublishedApi): string {
  const { api, operations, components } = published;
  const shared = referredFrom(
    operations.flatMap(({ input, answer }) => [...input.map(({ schema }) => schema), ...(answer ? [answer] : [])]),
    components,
  );
  return [
    `# ${api.title}: reference`,
    "<!-- Made from the description of the API by npm run build:clients: do not edit. -->",
    `${api.description} Version ${api.version}.`,
    "Requests and answers are JSON, and every request is signed with AWS Signature Version 4, service `execute-api`. Paths begin at the URL of the API's stage. Members that are not named here are ignored.",
    "## Operations",
    table(
      ["operation", "", ""],
      operations.map(({ name, operation: { method, path, summary } }) => [
        `[${name}](#${name.toLowerCase()})`,
        `\`${method} ${path}\``,
        summary,
      ]),
    ),
    ...operations.flatMap(operationSection),
    "## Types",
    ...[...shared].flatMap(([name, schema]) => typeSection(name, schema)),
    ...errorsSection(published),
  ]
    .filter((block) => block !== "")
    .join("\n\n")
    .concat("\n");
}

function operationSection({ name, operation, input, answer, errors, list, example }: PublishedOperation): string[] {
  const { method, path, summary, description, success } = operation;
  const rows = input.flatMap((member) =>
    rowsOf({ ...member, path: member.name }).map((row) => [
      `\`${row.path}\``,
      member.in,
      typeOf(row.schema),
      row.required ? "yes" : "",
      notesOn(row.schema),
    ]),
  );
  return [
    `### ${name}`,
    `\`${method} ${path}\``,
    description === undefined ? `${summary}.` : `${summary}. ${description}`,
    ...(list
      ? [
          `Answers page by page: call it again with \`${list.token}\` until that is null. Items are in \`${list.items}\`.`,
        ]
      : []),
    table(["member", "in", "type", "required", ""], rows),
    `**${success.status}** ${answer ? "answers:" : success.status === 204 ? "without a body." : "answers `{}`."}`,
    memberTable(answer ?? {}),
    `**Errors:** ${errors.map(errorName).join(", ")}.`,
    exampleOf(method, path, input, example),
  ];
}

const memberTable = (schema: Schema) =>
  table(
    ["member", "type", "always", ""],
    membersOf(schema)
      .flatMap(rowsOf)
      .map((row) => [`\`${row.path}\``, typeOf(row.schema), row.required ? "yes" : "", notesOn(row.schema)]),
  );

const typeSection = (name: string, schema: Schema): string[] => [
  `### ${name}`,
  schema.properties ? memberTable(schema) : `${capitalized(typeOf(schema))}.`,
];

const errorName = ({ name, status }: PublishedError) => `\`${name}\` ${status}`;
const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** A request as it goes over the wire, but for its signature, and what comes back. */
function exampleOf(
  method: string,
  path: string,
  input: PublishedOperation["input"],
  example: PublishedOperation["example"],
): string {
  const given = new Map(Object.entries(example.input));
  const members = (place: string) =>
    input.flatMap(({ name, in: where }) =>
      where === place && given.has(name) ? [[name, given.get(name)] as const] : [],
    );
  const filled = members("path").reduce((text, [name, value]) => text.replace(`{${name}}`, String(value)), path);
  const query = members("query").map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  const body = members("body");
  const request = [
    `${method} ${filled}${query.length > 0 ? `?${query.join("&")}` : ""}`,
    ...(body.length > 0 ? [json(Object.fromEntries(body))] : []),
  ];
  const blocks = [code("http", request.join("\n\n"))];
  return (example.answer ? [...blocks, code("json", json(example.answer))] : blocks).join("\n\n");
}

const json = (value: unknown) => JSON.stringify(value, null, 2);
const code = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;

function errorsSection({ api, components, errors }: PublishedApi): string[] {
  return [
    "## Errors",
    "Every error has this body, and its name in the header `x-amzn-ErrorType` too:",
    memberTable(components.Error ?? {}),
    table(
      ["error", "status"],
      errors.map(({ name, status }) => [`\`${name}\``, String(status)]),
    ),
    `API Gateway refuses some requests before they reach the ${api.title}: unsigned ones, badly signed ones, too many. Their bodies are the same, but the gateway has its own names for the header:`,
    table(
      ["header", "status"],
      Object.entries(gatewayErrorStatuses).map(([name, status]) => [`\`${name}\``, String(status)]),
    ),
  ];
}

/** The named schemas that these lead to, in the order they are come across. */
function referredFrom(schemas: readonly Schema[], components: PublishedApi["components"]): Map<string, Schema> {
  const found = new Map<string, Schema>();
  const visit = ({ $ref, properties, items, additionalProperties, anyOf }: Schema): void => {
    const name = $ref === undefined ? undefined : referredName($ref);
    const component = name === undefined ? undefined : components[name];
    if (name !== undefined && component && !found.has(name)) {
      found.set(name, component);
      visit(component);
    }
    const inner = [...Object.values(properties ?? {}), items, additionalProperties, ...(anyOf ?? [])];
    for (const schema of inner) if (schema) visit(schema);
  };
  schemas.forEach(visit);
  return found;
}
