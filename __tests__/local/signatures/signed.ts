import { request } from "node:http";
import { text } from "node:stream/consumers";
import { Sha256 } from "@aws-crypto/sha256-js";
import type { AwsCredentialIdentity } from "@aws-sdk/types";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";

export const localKey = { accessKeyId: "local", secretAccessKey: "local" };

/** Clients that must be refused: each differs from the right one in one thing. */
export const wrongClients = {
  anotherSecret: { credentials: { ...localKey, secretAccessKey: "guessed" } },
  anotherKey: { credentials: { ...localKey, accessKeyId: "AKIAUNKNOWN" } },
  aSessionToken: { credentials: { ...localKey, sessionToken: "some" } },
  anotherRegion: { region: "us-east-1" },
  aFastClock: { systemClockOffset: 16 * 60 * 1000 },
  aSlowClock: { systemClockOffset: -16 * 60 * 1000 },
} as const;

export interface Unsigned {
  readonly service: string;
  readonly region: string;
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** @default localKey */
  readonly credentials?: AwsCredentialIdentity;
  /** Milliseconds that the client's clock is ahead. @default 0 */
  readonly systemClockOffset?: number;
}

/** The headers of a request, signed by the AWS SDK's own signer. */
export async function signedHeaders(unsigned: Unsigned): Promise<Record<string, string>> {
  const { service, region, url, method = "POST", headers, body = "" } = unsigned;
  const { credentials = localKey, systemClockOffset = 0 } = unsigned;
  const { host, pathname, searchParams } = new URL(url);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const query = Object.fromEntries(searchParams);
  const request = new HttpRequest({ method, path: pathname, query, headers: { host, ...headers }, body });
  const signingDate = new Date(Date.now() + systemClockOffset);
  return (await signer.sign(request, { signingDate })).headers;
}

/** Signs and sends a request that no SDK client would make. */
export async function signedFetch(unsigned: Unsigned): Promise<Response> {
  const { host: _, ...headers } = await signedHeaders(unsigned);
  const { url, method = "POST", body } = unsigned;
  return fetch(url, { method, headers, ...(body !== undefined && { body }) });
}

/** Asks a server under a host name that points to it, as a page on the web could have it; signed correctly all the same. */
export async function askUnderName(host: string, unsigned: Unsigned): Promise<{ status: number; body: string }> {
  const { url, method = "POST", body = "" } = unsigned;
  const headers = await signedHeaders({ ...unsigned, headers: { ...unsigned.headers, host } });
  const { port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, method, path: pathname, headers, agent: false });
    sent.on("error", reject).on("response", (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
    });
    sent.end(body);
  });
}

export const unknownName = { status: 403, body: "this server goes by 127.0.0.1 and localhost only\n" };
