import { gatewayErrorStatuses } from "../../../handlers/runtime/api/gateway-responses.ts";
import type { PublishedApi, PublishedOperation } from "../published-api.ts";
import { documentation, membersOf, type Shape, Shapes } from "./shapes.ts";

/**
 * The API as a service of botocore (`service-2.json`). Names of operations and members are those on the wire; members
 * that are null in an answer are missing from what botocore hands over.
 */
export function serviceModel(published: PublishedApi): object {
  const { api, boto3ServiceName: service, components, operations, errors } = published;
  const shapes = new Shapes(components);
  const described = operations.map((operation) => [operation.name, operationOf(operation, shapes)]);
  const byGateway = Object.entries(gatewayErrorStatuses).map(([name, status]) => ({ name, status }));
  const names = new Set(errors.map(({ name }) => name));
  for (const { name, status } of [...errors, ...byGateway.filter(({ name }) => !names.has(name))])
    shapes.structure(name, membersOf(components.Error ?? {}), failure(status));
  return {
    version: "2.0",
    metadata: {
      apiVersion: api.version,
      auth: ["aws.auth#sigv4"],
      endpointPrefix: service,
      jsonVersion: "1.1",
      protocol: "rest-json",
      protocols: ["rest-json"],
      serviceFullName: api.title,
      serviceId: service,
      signatureVersion: "v4",
      signingName: "execute-api",
      uid: `${service}-${api.version}`,
    },
    ...documentation(api.description),
    operations: Object.fromEntries(described),
    shapes: shapes.all,
  };
}

/** The lists, for botocore's paginators (`paginators-1.json`). */
export const paginators = ({ operations }: PublishedApi): object => ({
  pagination: Object.fromEntries(
    operations.flatMap(({ name, list }) =>
      list
        ? [
            [
              name,
              {
                input_token: list.token,
                output_token: list.token,
                ...(list.pageSize !== undefined && { limit_key: list.pageSize }),
                result_key: list.items,
              },
            ],
          ]
        : [],
    ),
  ),
});

const locations = { path: "uri", query: "querystring" } as const;

function operationOf({ name, operation, input, answer, errors }: PublishedOperation, shapes: Shapes): Shape {
  const { method, path, summary, description, success } = operation;
  const members = input.map(({ in: place, ...member }) => ({
    ...member,
    ...(place !== "body" && { location: locations[place] }),
  }));
  return {
    name,
    http: { method, requestUri: path, responseCode: success.status },
    ...(members.length > 0 && { input: { shape: shapes.structure(`${name}Request`, members) } }),
    output: { shape: shapes.structure(`${name}Response`, membersOf(answer ?? {})) },
    errors: errors.map((error) => ({ shape: error.name })),
    ...documentation(description === undefined ? `${summary}.` : `${summary}. ${description}`),
  };
}

/** What makes a structure an exception: botocore raises it when a header names it, and sees if trying again may help. */
const failure = (status: number): Shape => ({
  error: { httpStatusCode: status, ...(status < 500 && { senderFault: true }) },
  exception: true,
  ...(status >= 500 && { fault: true }),
  ...((status === 429 || status === 503) && { retryable: { throttling: status === 429 } }),
});
