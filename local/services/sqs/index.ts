import type { FastifyInstance } from "fastify";
import { persistentFauxqs } from "./fauxqs.ts";

export interface SqsService {
  /** URL to give to SDK clients. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

export interface SqsOptions {
  readonly dataDirectory: string;
  readonly region: string;
}

/**
 * Amazon SQS for the local stage: fauxqs on 127.0.0.1 with its queues and messages on disk. It speaks for SQS alone;
 * what else fauxqs imitates is answered 501, because some of that it answers wrongly.
 */
export async function startSqs({ dataDirectory, region }: SqsOptions): Promise<SqsService> {
  const app = await persistentFauxqs(dataDirectory, region);
  onlySqs(app);
  const endpoint = await app.listen({ host: "127.0.0.1", port: 0 });
  return { endpoint, stop: () => app.close() };
}

function onlySqs(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    if (request.headers["content-type"] === "application/x-amz-json-1.0") return;
    reply.code(501).type("application/json").send({ __type: "NotImplemented", message: "only SQS is served here" });
    return reply;
  });
}
