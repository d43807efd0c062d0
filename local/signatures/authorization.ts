import { incompleteSignature, invalidSignature } from "./signature-error.ts";
import { headerValue, type NameValue } from "./wire-request.ts";

/** What a client says about its signature, in the Authorization header or in the query (presigned). */
export interface Authorization {
  readonly algorithm: string;
  /** `keyid/date/region/service/aws4_request` */
  readonly credential: string;
  /** Lower-case names joined by semicolons, as sent. */
  readonly signedHeaders: string;
  readonly signature: string;
  /** As sent: ISO 8601 basic format, or the text of a Date header. */
  readonly date: string;
  readonly securityToken?: string;
  /** Only of a presigned request: how long it is valid. */
  readonly expiresSeconds?: string;
}

interface Credentials {
  readonly headers: readonly NameValue[];
  readonly query: readonly NameValue[];
}

/**
 * Finds the signature of a request.
 * @returns undefined when there is none at all
 * @throws SignatureError when there is one in two places, or an incomplete one
 */
export function readAuthorization({ headers, query }: Credentials): Authorization | undefined {
  const header = headerValue(headers, "authorization");
  const presigned = query.some(([name]) => name === "X-Amz-Algorithm");
  if (header !== undefined && presigned) {
    throw invalidSignature("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
  }
  if (header !== undefined) return readHeader(header, headers);
  return presigned ? readQuery(query) : undefined;
}

function readHeader(header: string, headers: readonly NameValue[]): Authorization {
  const [algorithm = "", ...rest] = header.trim().split(/\s+/);
  const parts = new Map<string, string>();
  for (const part of rest.join(" ").split(/[, ]/)) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    if (equals < 0) {
      throw incompleteSignature(
        `'${part}' not a valid key=value pair (missing equal-sign) in Authorization header: '${header}'.`,
      );
    }
    parts.set(part.slice(0, equals), part.slice(equals + 1));
  }
  const date = headerValue(headers, "x-amz-date") ?? headerValue(headers, "date");
  const missing = ["Credential", "Signature", "SignedHeaders"]
    .filter((name) => (parts.get(name) ?? "") === "")
    .map((name) => `Authorization header requires '${name}' parameter. `);
  if (date === undefined) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  }
  if (missing.length > 0) throw incompleteSignature(`${missing.join("")}Authorization=${header}`);
  const securityToken = headerValue(headers, "x-amz-security-token");
  return {
    algorithm,
    credential: parts.get("Credential") ?? "",
    signedHeaders: parts.get("SignedHeaders") ?? "",
    signature: parts.get("Signature") ?? "",
    date: date ?? "",
    ...(securityToken === undefined ? {} : { securityToken }),
  };
}

function readQuery(query: readonly NameValue[]): Authorization {
  const value = (name: string) => query.find(([key]) => key === name)?.[1];
  const missing = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"]
    .filter((name) => (value(name) ?? "") === "")
    .map((name) => `AWS query-string parameters must include '${name}'. `);
  if (missing.length > 0) throw incompleteSignature(`${missing.join("")}Re-examine the query-string parameters.`);
  const securityToken = value("X-Amz-Security-Token");
  const expiresSeconds = value("X-Amz-Expires");
  return {
    algorithm: value("X-Amz-Algorithm") ?? "",
    credential: value("X-Amz-Credential") ?? "",
    signedHeaders: value("X-Amz-SignedHeaders") ?? "",
    signature: value("X-Amz-Signature") ?? "",
    date: value("X-Amz-Date") ?? "",
    ...(securityToken === undefined ? {} : { securityToken }),
    ...(expiresSeconds === undefined ? {} : { expiresSeconds }),
  };
}
