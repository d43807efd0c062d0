import { hash } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import { headerValue, type NameValue, type WireRequest } from "./wire-request.ts";

/**
 * Opens the step of signing that the signer keeps to itself. Going through `sign()` would trust the client's
 * x-amz-content-sha256, drop a Date header and put headers in that the client did not sign.
 */
class Canonicalizer extends SignatureV4 {
  canonicalRequest(request: HttpRequest, headers: Record<string, string>, payloadHash: string) {
    return this.createCanonicalRequest(request, headers, payloadHash);
  }
}

const canonicalizer = new Canonicalizer({
  service: "unused",
  region: "unused",
  credentials: () => Promise.reject(new Error("only canonical forms are made here, nothing is signed")),
  sha256: Sha256,
});

/**
 * The canonical request over the headers the client says it signed. AWS: "Create a signed AWS API request".
 * @param payloadHash computed from the body, never what the client says it is
 */
export function canonicalRequest(request: WireRequest, signedHeaders: readonly string[], payloadHash: string): string {
  const query = new Map<string, string[]>();
  for (const [name, value] of request.query) {
    query.set(name, [...(query.get(name) ?? []), value]);
  }
  const headers = Object.fromEntries(
    signedHeaders.map((name) => [name, singleSpaced(headerValue(request.headers, name) ?? "")]),
  );
  const http = new HttpRequest({ method: request.method, path: request.path, query: Object.fromEntries(query) });
  return canonicalizer.canonicalRequest(http, headers, payloadHash);
}

const singleSpaced = (value: string) => value.replace(/[ \t]+/g, " ").replace(/^ | $/g, "");

/** @param longDate basic format @param scope `date/region/service/aws4_request` */
export const stringToSign = (longDate: string, scope: string, canonical: string) =>
  ["AWS4-HMAC-SHA256", longDate, scope, hexSha256(canonical)].join("\n");

export const hexSha256 = (data: Uint8Array | string) => hash("sha256", data);

/**
 * Parameters the canonical query leaves out although the integration would see them. A request that has one is refused:
 * otherwise anybody could add it to somebody else's signed request.
 */
export function hasUnsignedParameter(query: readonly NameValue[], presigned: boolean): boolean {
  const skipped = query.filter(([name]) => name === "__proto__" || name.toLowerCase() === "x-amz-signature");
  return presigned ? skipped.length > 1 || skipped[0]?.[0] !== "X-Amz-Signature" : skipped.length > 0;
}
