import { validateHeaderName, validateHeaderValue } from "node:http";
import * as z from "zod";
import type { Answer } from "./answer.ts";
import type { NameValue } from "./http-request.ts";
import { isBinaryMediaType } from "./media-type.ts";

const headerText = z.union([z.string(), z.boolean()]).transform(String);

/** These keys and no others, none of them mandatory. AWS: "Output format of a Lambda function for proxy integration". */
const proxyResult = z.strictObject({
  statusCode: z
    .union([z.number(), z.string().regex(/^\d{3}$/)])
    .transform(Number)
    .pipe(z.int().min(200).max(599))
    .nullish(),
  headers: z.record(z.string(), headerText).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(headerText)).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** Sent to the client under another name, because the gateway sets its own. AWS: "Amazon API Gateway important notes". */
const remapped = new Set([
  ...["authorization", "connection", "content-length", "content-md5", "date", "expect", "host", "max-forwards"],
  ...["proxy-authenticate", "server", "trailer", "upgrade", "user-agent", "via", "www-authenticate"],
]);
const dropped = new Set(["transfer-encoding"]);

/** The media types under which the gateway handles bytes, and what the client accepts. */
interface BinaryHandling {
  readonly binaryMediaTypes: readonly string[];
  readonly accept: string | undefined;
}

/**
 * The answer a function's result stands for.
 * @returns what is wrong with the result, in words, when the gateway cannot use it
 */
export function readProxyResult(payload: unknown, { binaryMediaTypes, accept }: BinaryHandling): Answer | string {
  const parsed = proxyResult.safeParse(payload);
  if (!parsed.success) return z.prettifyError(parsed.error);
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = parsed.data;
  const overridden = new Set(Object.keys(multiValueHeaders ?? {}).map((name) => name.toLowerCase()));
  const given: NameValue[] = [
    ...Object.entries(headers ?? {}).filter(([name]) => !overridden.has(name.toLowerCase())),
    ...Object.entries(multiValueHeaders ?? {}).flatMap(([name, values]) =>
      values.map((value): NameValue => [name, value]),
    ),
  ];
  const invalid = given.find((header) => !isValidHeader(header));
  if (invalid !== undefined) return `header ${JSON.stringify(invalid[0])} cannot be sent`;
  const decode = isBase64Encoded === true && wantsBytes(binaryMediaTypes, accept);
  if (decode && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(body ?? "")) return "body is not base64";
  const typed = given.some(([name]) => name.toLowerCase() === "content-type");
  return {
    status: statusCode ?? 200,
    headers: [...(typed ? [] : [["Content-Type", "application/json"] as const]), ...given.flatMap(renamed)],
    body: Buffer.from(body ?? "", decode ? "base64" : "utf8"),
  };
}

function isValidHeader([name, value]: NameValue): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function renamed([name, value]: NameValue): NameValue[] {
  if (dropped.has(name.toLowerCase())) return [];
  return [remapped.has(name.toLowerCase()) ? [`x-amzn-Remapped-${name}`, value] : [name, value]];
}

/** Only the first type of Accept counts. AWS: "Content type conversions in API Gateway". */
function wantsBytes(binaryMediaTypes: readonly string[], accept: string | undefined): boolean {
  const first = accept?.split(",", 1)[0]?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return isBinaryMediaType(first, binaryMediaTypes);
}
