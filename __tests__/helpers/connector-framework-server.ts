import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { connectorFrameworkApi } from "../../handlers/connector-framework/contract/api.ts";
import { type ApiClient, createApiClient } from "../../handlers/runtime/api/client.ts";
import { type Operation, operationNames } from "../../handlers/runtime/api/description.ts";
import { type OperationName, region, startConnectorFramework } from "./connector-framework.ts";
import { lambdaContext, restEvent } from "./rest-event.ts";

/** One call that reached the API. */
export interface Served {
  readonly operation: OperationName;
  readonly body: unknown;
}

/**
 * The API's handler on tables of its own, on a port: for what calls it over the wire. Signatures are not looked at.
 *
 * `before` is asked ahead of each call: a status it gives is answered in the API's place, whether or not the call is
 * carried out first.
 */
export async function serveConnectorFramework() {
  const framework = await startConnectorFramework();
  const served: Served[] = [];
  const faults = { before: (_call: Served): { status: number; carriedOut: boolean } | undefined => undefined };
  const routes = operationNames(connectorFrameworkApi).map((name) => {
    const operation: Operation = connectorFrameworkApi.operations[name];
    const pattern = `^/prod${operation.path.replace(/\{(\w+)\}/g, "(?<$1>[^/?]+)")}$`;
    return { name, operation, pattern: new RegExp(pattern) };
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://api");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const route = routes.find(
      ({ operation, pattern }) => operation.method === request.method && pattern.test(url.pathname),
    );
    if (!route) throw new Error(`no operation ${request.method} ${url.pathname}`);
    const call = { operation: route.name, body: text === "" ? undefined : JSON.parse(text) };
    served.push(call);
    const fault = faults.before(call);
    const carryOut = async () =>
      framework.handle(
        restEvent({
          method: route.operation.method,
          resource: route.operation.path,
          parameters: { ...route.pattern.exec(url.pathname)?.groups },
          query: Object.fromEntries(url.searchParams),
          ...(text !== "" && { body: text }),
        }),
        lambdaContext,
      );
    const result = !fault || fault.carriedOut ? await carryOut() : undefined;
    response.writeHead(fault?.status ?? result?.statusCode ?? 500, { "Content-Type": "application/json" });
    response.end(fault ? '{"message":"scripted"}' : result?.body);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}/prod/`;
  const client: ApiClient<typeof connectorFrameworkApi> = createApiClient(connectorFrameworkApi, {
    endpoint,
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    retries: 0,
  });

  return {
    ...framework,
    endpoint,
    apiClient: client,
    served,
    faults,
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await framework.stop();
    },
  };
}

export type ConnectorFrameworkServer = Awaited<ReturnType<typeof serveConnectorFramework>>;
