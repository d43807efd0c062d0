import type { PublishedApi, PublishedOperation } from "../published-api.ts";
import { referredName, type Schema } from "../schema.ts";
import { comment, interfaceOf, membersOf, namedType } from "./types.ts";

/** Name of the function that makes a client, after the API's own. */
export const factoryName = ({ api }: PublishedApi): string => `create${clientName(api.name)}`;

const clientName = (apiName: string) =>
  `${apiName.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Client`;

/** The declarations of the package (`index.d.ts`): what the bundle beside it exports, with every type spelled out. */
export function declarations(published: PublishedApi): string {
  const { api, operations, components } = published;
  const client = clientName(api.name);
  const lists = operations.filter(({ list }) => list !== undefined);
  return [
    `// Made from the description of the API by npm run build:clients: do not edit.\n`,
    `import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@aws-sdk/types";\n`,
    ...Object.entries(components)
      .filter(([name]) => isShared(name, operations))
      .map(([name, schema]) => namedType(name, schema)),
    ...operations.flatMap(({ name, input, answer }) => [
      interfaceOf(`${name}Input`, input),
      answer ? interfaceOf(`${name}Output`, membersOf(answer)) : `export type ${name}Output = undefined;\n`,
    ]),
    `/** The operations of the API: what each takes and what it answers. */`,
    `export interface Operations {\n${operations.map(entryOf).join("\n")}\n}\n`,
    `export type OperationName = keyof Operations;\n`,
    `/** The operations that answer page by page, and what they list. */`,
    `export interface Lists {\n${lists.map(({ name, list, answer }) => `  ${name}: ${itemOf(answer, list?.items)};`).join("\n")}\n}\n`,
    `/** ${api.title}: ${api.description} */`,
    fixed(client, factoryName(published)),
  ].join("\n");
}

/** If a schema is told under its own name; those of one operation are its input and output, errors are thrown. */
const isShared = (name: string, operations: readonly PublishedOperation[]) =>
  name !== "Error" &&
  !operations.some((operation) => name === `${operation.name}Request` || name === `${operation.name}Response`);

const entryOf = ({ name, operation: { summary, description } }: PublishedOperation) =>
  [
    `  ${comment(description === undefined ? `${summary}.` : `${summary}. ${description}`)}`,
    `  ${name}: { readonly input: ${name}Input; readonly output: ${name}Output };`,
  ].join("\n");

function itemOf(answer: Schema | undefined, items: string | undefined): string {
  const listed = items === undefined ? undefined : answer?.properties?.[items]?.items;
  if (listed?.$ref !== undefined) return referredName(listed.$ref);
  throw new Error(`what a list lists must have a name: ${items}`);
}

/** What is the same for every API. A test holds that it is what `createApiClient` and `paginate` are. */
const fixed = (client: string, factory: string) => `export interface ${client} {
  /**
   * Calls an operation with its flat input: members of path, query and body side by side.
   *
   * @throws ApiError when the API refuses; NoAnswerError when no attempt got an answer; Error when a member of the path
   *   is missing
   */
  call<Name extends OperationName>(name: Name, input: Operations[Name]["input"]): Promise<Operations[Name]["output"]>;
  /** Calls an operation with an input that nothing vouches for; the service checks it. Throws as \`call\` does. */
  callUnchecked(name: OperationName, input: object): Promise<unknown>;
}

export interface ClientOptions {
  /** URL of the API's stage, with or without a slash at the end. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** Milliseconds one attempt may take. @default 15000 */
  readonly timeoutMilliseconds?: number;
  /**
   * Further attempts, with exponential back-off and jitter. A POST is sent again only when the one before had no effect:
   * after 429, 503 or a connection refused; any other request also after another 5xx or no answer at all. @default 4
   */
  readonly retries?: number;
}

/** Makes a client that signs every request with AWS Signature Version 4. */
export function ${factory}(options: ClientOptions): ${client};

/** Calls a list until its last page, and yields every answer as it comes. The next page is asked for when it is wanted. */
export function paginate<Name extends keyof Lists>(
  client: ${client},
  name: Name,
  input: Operations[Name]["input"],
): AsyncGenerator<Operations[Name]["output"], void, undefined>;

/** Calls a list until its last page, and yields every item. */
export function items<Name extends keyof Lists>(
  client: ${client},
  name: Name,
  input: Operations[Name]["input"],
): AsyncGenerator<Lists[Name], void, undefined>;

/** The API's refusal. */
export class ApiError extends Error {
  readonly name: "ApiError";
  readonly status: number;
  /** The API's name for it, such as ConflictException. */
  readonly errorType: string | undefined;
  constructor(status: number, errorType: string | undefined, message: string);
}

/** The API did not answer, or not in time; \`cause\` says why. The request may have had its effect. */
export class NoAnswerError extends Error {
  readonly name: "NoAnswerError";
  /** If the request did not even leave: there was no connection for it. */
  readonly neverSent: boolean;
  constructor(origin: string, cause: unknown);
}
`;
