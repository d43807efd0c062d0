import { createHash, createHmac } from "node:crypto";

/** A request as bytes on the wire, and the key it is to be signed with. */
export interface Unsigned {
  readonly method: string;
  /** Percent-encoded. */
  readonly path: string;
  /** Percent-encoded, without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const hash = (data: Uint8Array | string) => createHash("sha256").update(data).digest("hex");
const hmac = (key: Uint8Array | string, data: string) => createHmac("sha256", key).update(data).digest();

/** Percent-encoding of RFC 3986: everything but unreserved characters, in upper-case hexadecimal. */
const encode = (text: string) =>
  [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");

export function canonicalPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const trailing = kept.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${kept.map(encode).join("/")}${trailing}`;
}

export function canonicalQuery(query: string): string {
  const pairs = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [name, value.join("=")].map((text) => encode(decodeURIComponent(text.replaceAll("+", "%20"))));
    });
  pairs.sort(([a = "", x = ""], [b = "", y = ""]) => (a === b ? compare(x, y) : compare(a, b)));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Signature Version 4 from the specification alone, with node:crypto. Every header given is signed. */
export function signIndependently(
  { method, path, query, headers, body }: Unsigned,
  { accessKeyId, secretAccessKey, sessionToken }: Key,
  { date, region, dateHeader = "X-Amz-Date" }: { date: string; region: string; dateHeader?: string },
): Record<string, string> {
  const all: Record<string, string> = { ...headers, [dateHeader]: date };
  if (sessionToken !== undefined) all["X-Amz-Security-Token"] = sessionToken;
  const basic = /T/.test(date) && date.length === 16 ? date : new Date(date).toISOString().replace(/[-:]|\.000/g, "");
  const day = basic.slice(0, 8);
  const lines = Object.entries(all)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/\s+/g, " ")] as const)
    .sort(([a], [b]) => compare(a, b));
  const signedHeaders = lines.map(([name]) => name).join(";");
  const canonical = [
    method,
    canonicalPath(path),
    canonicalQuery(query),
    ...lines.map(([name, value]) => `${name}:${value}`),
    "",
    signedHeaders,
    hash(body),
  ].join("\n");
  const scope = `${day}/${region}/execute-api/aws4_request`;
  const key = [day, region, "execute-api", "aws4_request"].reduce<Uint8Array | string>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", basic, scope, hash(canonical)].join("\n")).toString("hex");
  return {
    ...all,
    Authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
}
