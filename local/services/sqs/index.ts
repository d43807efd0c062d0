import { Readable } from "node:stream";
import type { AccessKey } from "../../signatures/access-key.ts";
import { isOwnName, unknownName } from "../../signatures/own-names.ts";
import { createServiceVerifier } from "../../signatures/service-verifier.ts";
import { SignatureError, type SignatureFault } from "../../signatures/signature-error.ts";
import { readBody } from "../../signatures/wire-request.ts";
import { persistentFauxqs } from "./fauxqs.ts";

export interface SqsService {
  /** URL to give to SDK clients. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

export interface SqsOptions {
  readonly dataDirectory: string;
  readonly region: string;
  /** The key that requests must be signed with. @default localAccessKey */
  readonly accessKey?: AccessKey;
}

/**
 * Amazon SQS for the local stage: fauxqs on 127.0.0.1 with its queues and messages on disk. It speaks for SQS alone;
 * what else fauxqs imitates is answered 501, because some of that it answers wrongly.
 */
export async function startSqs({ dataDirectory, region, accessKey }: SqsOptions): Promise<SqsService> {
  const app = await persistentFauxqs(dataDirectory, region);
  onlyOwnHost(app);
  onlySqs(app);
  onlySigned(app, createServiceVerifier({ service: "sqs", region, accessKey }));
  const endpoint = await app.listen({ host: "127.0.0.1", port: 0 });
  return { endpoint, stop: () => app.close() };
}

function onlyOwnHost(app: Awaited<ReturnType<typeof persistentFauxqs>>): void {
  app.addHook("onRequest", async (request, reply) => {
    if (isOwnName(request.headers.host)) return;
    reply.code(unknownName.status).headers(unknownName.headers).send(unknownName.body);
    return reply;
  });
}

function onlySqs(app: Awaited<ReturnType<typeof persistentFauxqs>>): void {
  app.addHook("onRequest", async (request, reply) => {
    if (request.headers["content-type"] === "application/x-amz-json-1.0") return;
    reply.code(501).type("application/json").send({ __type: "NotImplemented", message: "only SQS is served here" });
    return reply;
  });
}

/** AWS: "Common Errors" of the Amazon SQS API Reference. */
const refusals: Readonly<Record<SignatureFault, { readonly code: string; readonly status: number }>> = {
  MissingAuthenticationToken: { code: "MissingAuthenticationToken", status: 403 },
  IncompleteSignature: { code: "IncompleteSignature", status: 400 },
  InvalidSignature: { code: "SignatureDoesNotMatch", status: 403 },
  UnrecognizedClient: { code: "InvalidClientTokenId", status: 403 },
};

function onlySigned(
  app: Awaited<ReturnType<typeof persistentFauxqs>>,
  verify: ReturnType<typeof createServiceVerifier>,
): void {
  app.addHook("preParsing", async (request, reply, payload) => {
    const body = await readBody(payload, app.initialConfig.bodyLimit ?? 0);
    if (body === undefined) {
      reply.code(413).send({ __type: "com.amazon.coral.service#RequestEntityTooLargeException" });
      return;
    }
    try {
      verify(request.raw, body);
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      const { code, status } = refusals[error.fault];
      reply.code(status).type("application/x-amz-json-1.0").header("x-amzn-query-error", `${code};Sender`);
      reply.send({ __type: `com.amazonaws.sqs#${code}`, message: error.message });
      return;
    }
    return Readable.from(body, { objectMode: false });
  });
}
