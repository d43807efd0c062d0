import { Readable } from "node:stream";
import { AccessDenied, type Authority, authorize, onlyDeveloper } from "../../iam/authority.ts";
import { isOwnName, unknownName } from "../../signatures/own-names.ts";
import { createServiceVerifier } from "../../signatures/service-verifier.ts";
import { SignatureError, type SignatureFault } from "../../signatures/signature-error.ts";
import { readBody } from "../../signatures/wire-request.ts";
import { accessesOf } from "./accesses.ts";
import { persistentFauxqs } from "./fauxqs.ts";

export interface SqsService {
  /** URL to give to SDK clients. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

export interface SqsOptions {
  readonly dataDirectory: string;
  readonly region: string;
  readonly accountId: string;
  /** Knows who asks, and what they may do. @default the developer, everything */
  readonly authority?: Authority;
}

/**
 * Amazon SQS for the local stage: fauxqs on 127.0.0.1 with its queues and messages on disk. It speaks for SQS alone;
 * what else fauxqs imitates is answered 501, because some of that it answers wrongly.
 */
export async function startSqs({ dataDirectory, ...options }: SqsOptions): Promise<SqsService> {
  const app = await persistentFauxqs(dataDirectory, options.region);
  onlyOwnHost(app);
  onlySqs(app);
  onlyAllowed(app, options);
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

function onlyAllowed(
  app: Awaited<ReturnType<typeof persistentFauxqs>>,
  { region, accountId, authority = onlyDeveloper }: Omit<SqsOptions, "dataDirectory">,
): void {
  const verify = createServiceVerifier({ service: "sqs", region, authority });
  app.addHook("preParsing", async (request, reply, payload) => {
    const body = await readBody(payload, app.initialConfig.bodyLimit ?? 0);
    if (body === undefined) {
      reply.code(413).send({ __type: "com.amazon.coral.service#RequestEntityTooLargeException" });
      return;
    }
    try {
      const principal = verify(request.raw, body);
      const target = String(request.headers["x-amz-target"] ?? "");
      await authorize(authority, principal, accessesOf(target, body, { region, accountId }));
    } catch (error) {
      if (!(error instanceof SignatureError || error instanceof AccessDenied)) throw error;
      const { code, status, message } = refusal(error);
      reply.code(status).type("application/x-amz-json-1.0").header("x-amzn-query-error", `${code};Sender`);
      reply.send({ __type: `com.amazonaws.sqs#${code}`, message });
      return;
    }
    return Readable.from(body, { objectMode: false });
  });
}

/** What is wrong, in SQS's words: it writes actions in small letters. */
function refusal(error: SignatureError | AccessDenied) {
  if (error instanceof SignatureError) return { ...refusals[error.fault], message: error.message };
  const message = error.message.replaceAll(error.action, error.action.toLowerCase());
  return { code: "AccessDenied", status: 403, message };
}
