import type { Call } from "./call.ts";
import type { NameValue } from "./http-request.ts";

/** Headers that end at the gateway. */
const dropped = new Set([
  ...["connection", "content-length", "content-md5", "expect", "max-forwards", "proxy-authenticate", "server"],
  ...["te", "transfer-encoding", "trailer", "upgrade", "www-authenticate"],
]);

const titleCased = /^(authorization|user-agent|host|accept(-.*)?|x-forwarded-.*)$/;

const titleCase = (name: string) => name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

/**
 * The headers a function gets: names as the client wrote them, but some always in title case; what the gateway knows
 * of the client is added. AWS: "Set up Lambda proxy integrations in API Gateway".
 */
export function forwardedHeaders(call: Call): readonly NameValue[] {
  const sent = call.headers
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .map(([name, value]): NameValue => [titleCased.test(name.toLowerCase()) ? titleCase(name) : name, value]);
  const of = (wanted: string) => sent.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const replaced = new Set(["x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"]);
  return [
    ...sent.filter(([name]) => !replaced.has(name.toLowerCase())),
    ["X-Amzn-Trace-Id", call.traceId],
    ["X-Forwarded-For", [...of("x-forwarded-for"), call.sourceIp].join(", ")],
    ["X-Forwarded-Port", call.port.toString()],
    ["X-Forwarded-Proto", "http"],
  ];
}
