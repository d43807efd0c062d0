import { createHash } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { getCanonicalHeaders, SignatureV4 } from "@smithy/signature-v4";
import type { NameValue } from "../http-request.ts";
import { headerValue } from "../http-request.ts";

/** A request as it was on the wire: the signature covers these bytes and no decoded form of them. */
export interface WireRequest {
  readonly method: string;
  /** The whole path the client sent, still percent-encoded. */
  readonly path: string;
  /** The decoded parameters, in the order sent. */
  readonly query: readonly NameValue[];
  readonly headers: readonly NameValue[];
  readonly body: Uint8Array;
}

/**
 * Opens the two steps of signing that the signer keeps to itself. Going through `sign()` would trust the client's
 * x-amz-content-sha256, drop a Date header and put headers in that the client did not sign.
 */
class Canonicalizer extends SignatureV4 {
  canonicalRequest(request: HttpRequest, headers: Record<string, string>, payloadHash: string) {
    return this.createCanonicalRequest(request, headers, payloadHash);
  }
  stringToSign(longDate: string, scope: string, canonicalRequest: string) {
    return this.createStringToSign(longDate, scope, canonicalRequest, "AWS4-HMAC-SHA256");
  }
}

const canonicalizer = new Canonicalizer({
  service: "execute-api",
  region: "unused",
  credentials: () => Promise.reject(new Error("only canonical forms are made here, nothing is signed")),
  sha256: Sha256,
});

/**
 * The canonical request over the headers the client says it signed. The hash is always computed from the body.
 * AWS: "Create a signed AWS API request".
 */
export function canonicalRequest(request: WireRequest, signedHeaders: readonly string[]): string {
  const query = new Map<string, string[]>();
  for (const [name, value] of request.query) {
    query.set(name, [...(query.get(name) ?? []), value]);
  }
  const headers = Object.fromEntries(signedHeaders.map((name) => [name, headerValue(request.headers, name) ?? ""]));
  const http = new HttpRequest({ method: request.method, path: request.path, query: Object.fromEntries(query) });
  const signable = getCanonicalHeaders({ ...http, headers }, undefined, new Set(signedHeaders));
  return canonicalizer.canonicalRequest(http, signable, payloadHash(request.body));
}

export const stringToSign = (longDate: string, scope: string, canonical: string) =>
  canonicalizer.stringToSign(longDate, scope, canonical);

export const payloadHash = (body: Uint8Array) => createHash("sha256").update(body).digest("hex");

/**
 * Parameters the canonical query leaves out although the integration would see them. A request that has one is refused:
 * otherwise anybody could add it to somebody else's signed request.
 */
export function hasUnsignedParameter(query: readonly NameValue[], presigned: boolean): boolean {
  const skipped = query.filter(([name]) => name === "__proto__" || name.toLowerCase() === "x-amz-signature");
  return presigned ? skipped.length > 1 || skipped[0]?.[0] !== "X-Amz-Signature" : skipped.length > 0;
}
