import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { crc32 } from "node:zlib";
import { AccessDenied, type Authority, authorize } from "../../iam/authority.ts";
import { listenOnLoopback } from "../../loopback.ts";
import { onlyOwnNames } from "../../signatures/own-names.ts";
import { createServiceVerifier } from "../../signatures/service-verifier.ts";
import { SignatureError } from "../../signatures/signature-error.ts";
import { accessDenied, ServiceError, serializationError, signatureRefused, unknownOperation } from "./errors.ts";
import { CommitError, type Service } from "./service.ts";

/** AWS: "Quotas in Amazon DynamoDB": a request body has at most 16 MB. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** Longer than the SDKs keep an idle connection, so that no request meets a connection that is being closed. */
const KEEP_ALIVE_MS = 75_000;

export interface HttpServer {
  readonly port: number;
  /** Answers the requests under way, then closes every connection. */
  close(): Promise<void>;
}

export interface HttpOptions {
  readonly service: Service;
  readonly region: string;
  /** Knows who asks, and what they may do. */
  readonly authority: Authority;
  /** 0: a free one. */
  readonly port: number;
  /** Reports an error that is a fault of this service, not of the request. */
  readonly onFault: (error: unknown) => void;
}

/** Serves DynamoDB's JSON protocol on 127.0.0.1. */
export async function listen({ service, region, authority, port, onFault }: HttpOptions): Promise<HttpServer> {
  const verify = createServiceVerifier({ service: "dynamodb", region, authority });
  const handle = async (request: IncomingMessage): Promise<object> => {
    const bytes = await readBody(request);
    if (request.method !== "POST") throw unknownOperation();
    try {
      const principal = verify(request, bytes);
      const [target, body] = [String(request.headers["x-amz-target"] ?? ""), parseBody(bytes.toString())];
      await authorize(authority, principal, service.accessesOf(target, body));
      return await service.call(target, body);
    } catch (error) {
      if (error instanceof SignatureError) throw signatureRefused(error);
      throw error instanceof AccessDenied ? accessDenied(error) : error;
    }
  };
  let closing = false;
  const listener: RequestListener = (request, response) => {
    if (request.method === "GET") return void response.end(`healthy: dynamodb.${region}.amazonaws.com `);
    const answer = (status: number, body: object) => {
      if (closing) response.setHeader("connection", "close"); // or an idle connection would hold up close()
      respond(response, status, body);
    };
    handle(request).then(
      (body) => answer(200, body),
      (error) => {
        if (error instanceof ServiceError) return answer(error.statusCode, error.body);
        answer(500, {
          __type: "com.amazonaws.dynamodb.v20120810#InternalServerError",
          message: error instanceof CommitError ? error.message : "Internal server error",
        });
        return onFault(error);
      },
    );
  };
  const server = createServer(onlyOwnNames(listener));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const listening = await listenOnLoopback(server, port);
  return {
    port: listening.port,
    close: () =>
      new Promise((resolve, reject) => {
        closing = true;
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeIdleConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size > MAX_REQUEST_BYTES) break;
      chunks.push(chunk);
    }
  } catch {
    throw serializationError(); // the client went away before its body was complete
  }
  if (size > MAX_REQUEST_BYTES) {
    throw new ServiceError(413, { __type: "com.amazon.coral.service#RequestEntityTooLargeException" });
  }
  return Buffer.concat(chunks);
}

function parseBody(text: string): object {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw serializationError();
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw serializationError();
  return body;
}

function respond(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": Buffer.byteLength(text),
    "x-amz-crc32": crc32(text),
    "x-amzn-requestid": randomUUID(),
  });
  response.end(text);
}
