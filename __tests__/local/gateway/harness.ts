import { once } from "node:events";
import { createServer, request } from "node:http";
import type { Socket } from "node:net";
import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import * as z from "zod";
import type { Invocable, InvocationResult } from "../../../local/functions/invocation.ts";
import { mountRestApis } from "../../../local/gateway/mount.ts";
import { createRestApi, type RestApiConfig } from "../../../local/gateway/rest-api.ts";
import { document, functionArn } from "./document.ts";

export const region = "eu-central-1";
export const accountId = "000000000000";
export const key = { accessKeyId: "AKIALOCAL", secretAccessKey: "secret/of+local" };
export const sessionKey = { accessKeyId: "ASIALOCAL", secretAccessKey: "other secret", sessionToken: "tok/en+==" };
export const foreignKey = { accessKeyId: "AKIAFOREIGN", secretAccessKey: "foreign" };
export const now = new Date("2026-03-04T05:06:07Z");

const owners = new Map([
  [
    key.accessKeyId,
    { ...key, principal: { accountId, userId: "AIDALOCAL", arn: `arn:aws:iam::${accountId}:user/local` } },
  ],
  [
    sessionKey.accessKeyId,
    {
      ...sessionKey,
      principal: {
        accountId,
        userId: "AROALOCAL:session",
        arn: `arn:aws:sts::${accountId}:assumed-role/role/session`,
        roleArn: `arn:aws:iam::${accountId}:role/role`,
      },
    },
  ],
  [
    foreignKey.accessKeyId,
    {
      ...foreignKey,
      principal: { accountId: "111111111111", userId: "AIDAOTHER", arn: "arn:aws:iam::111111111111:user/other" },
    },
  ],
]);

/** Knows the keys above, and lets everybody do everything. */
export const authority: RestApiConfig["authority"] = {
  ownerOf: (accessKeyId) => owners.get(accessKeyId),
  decide: async () => ({ effect: "allowed", by: "developer" }),
};

const invocable = (name: string, run: (event: unknown) => Promise<unknown>): [string, Invocable] => [
  functionArn(name),
  {
    arn: functionArn(name),
    timeoutSeconds: 30,
    async invoke(event): Promise<InvocationResult> {
      const payload = await run(event);
      return { requestId: `request-of-${name}`, ok: true, payload };
    },
  },
];

/** Functions as the stage would run them: `echo` answers with its event, `result` with whatever it is sent. */
const functions = new Map<string, Invocable>([
  invocable("echo", async (event) => ({ statusCode: 200, body: JSON.stringify(event) })),
  invocable("special", async () => ({ statusCode: 200, body: '"special"' })),
  invocable("slow", () => new Promise(() => {})),
  invocable("rejecting", () => Promise.reject(new Error("the sandbox is gone"))),
  invocable("result", async (event) => JSON.parse(z.object({ body: z.string() }).parse(event).body)),
  [
    functionArn("throwing"),
    {
      arn: functionArn("throwing"),
      timeoutSeconds: 30,
      invoke: async () => ({
        requestId: "r",
        ok: false,
        error: { errorType: "TypeError", errorMessage: "secret stack" },
      }),
    },
  ],
]);

export const restApi = (config: Partial<RestApiConfig> = {}) =>
  createRestApi({
    apiId: "petapi",
    accountId,
    region,
    stageName: "v1",
    document,
    function: (arn) => functions.get(arn),
    authority,
    clock: () => now,
    ...config,
  });

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
  readonly json: unknown;
}

/** Serves an API on a free port. */
export async function serve(config: Partial<RestApiConfig> = {}) {
  const handle = mountRestApis([restApi(config)]);
  const server = createServer((incoming, response) => void handle(incoming, response));
  const sockets: Socket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const host = `127.0.0.1:${port}`;

  async function send(
    method: string,
    path: string,
    headers: Record<string, string | string[]> = {},
    body: Uint8Array | string = "",
  ): Promise<Reply> {
    const outgoing = request({
      host: "127.0.0.1",
      port,
      method,
      path,
      headers: { Host: host, ...(body.length > 0 && { "Content-Length": Buffer.byteLength(body) }), ...headers },
      agent: false,
    });
    outgoing.end(body);
    const [response] = await once(outgoing, "response");
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const text = bytes.toString();
    return {
      status: response.statusCode,
      headers: response.headers,
      bytes,
      text,
      get json() {
        return JSON.parse(text);
      },
    };
  }

  return {
    host,
    send,
    /** Signs with the AWS SDK's own signer, then sends. */
    async sendSigned(
      method: string,
      path: string,
      headers: Record<string, string> = {},
      body = "",
      { signWith = key, at = now }: { signWith?: typeof key & { sessionToken?: string }; at?: Date } = {},
    ): Promise<Reply> {
      const [pathname = "", search = ""] = path.split("?");
      const signer = new SignatureV4({ service: "execute-api", region, credentials: signWith, sha256: Sha256 });
      const signed = await signer.sign(
        new HttpRequest({
          method,
          path: pathname,
          query: Object.fromEntries(new URLSearchParams(search)),
          headers: { Host: host, ...headers },
          body,
        }),
        { signingDate: at },
      );
      return send(method, path, signed.headers, body);
    },
    /** Resolves when no client is connected any more. */
    async connectionsClosed() {
      for (const socket of sockets) if (!socket.closed) await once(socket, "close");
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
