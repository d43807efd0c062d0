import type { IncomingHttpHeaders } from "node:http";

/** An error in the protocol of the client that gets it. */
export interface ErrorResponse {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface ServiceFailure {
  /** The name that SDKs give the error. */
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
}

/** REST services that speak XML, by the name in the credential scope. */
const restXmlServices: ReadonlySet<string> = new Set(["s3", "s3express", "s3-object-lambda", "cloudfront", "route53"]);

/**
 * Words an error so that the SDK which sent a request understands it. What the client speaks shows in its headers,
 * except REST over XML, which only the service's name tells. Smithy: "AWS protocols".
 */
export function errorResponse(
  headers: IncomingHttpHeaders,
  service: string | undefined,
  failure: ServiceFailure,
): ErrorResponse {
  const type = headers["content-type"] ?? "";
  if (headers["smithy-protocol"] === "rpc-v2-cbor") return cborError(failure);
  if (type.startsWith("application/x-www-form-urlencoded")) {
    return xmlError(service === "ec2" ? ec2Body(failure) : queryBody(failure));
  }
  if (service !== undefined && restXmlServices.has(service)) {
    return xmlError(service.startsWith("s3") ? s3Body(failure) : queryBody(failure));
  }
  return jsonError(failure, type.startsWith("application/x-amz-json-") ? type : "application/json");
}

/** For AWS JSON 1.0 and 1.1, which read the body's `__type`, and REST over JSON, which reads the header. */
const jsonError = ({ code, message }: ServiceFailure, type: string): ErrorResponse => ({
  headers: { "content-type": type, "x-amzn-errortype": code },
  body: JSON.stringify({ __type: code, message }),
});

const xmlError = (body: string): ErrorResponse => ({
  headers: { "content-type": "text/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

const errorElement = ({ code, message }: ServiceFailure, more = "") =>
  `<Error>${more}<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>`;

const queryBody = (failure: ServiceFailure) =>
  `<ErrorResponse>${errorElement(failure, "<Type>Sender</Type>")}<RequestId>${failure.requestId}</RequestId></ErrorResponse>`;

const ec2Body = (failure: ServiceFailure) =>
  `<Response><Errors>${errorElement(failure)}</Errors><RequestID>${failure.requestId}</RequestID></Response>`;

const s3Body = (failure: ServiceFailure) => errorElement(failure, `<RequestId>${failure.requestId}</RequestId>`);

const escapeXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A map of two texts. RFC 8949: 0xa2 begins a map of two pairs, 0x79 a text with its length in two bytes. */
function cborError({ code, message }: ServiceFailure): ErrorResponse {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([0x79, bytes.length >> 8, bytes.length & 0xff]), bytes]);
  };
  return {
    headers: { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" },
    body: Buffer.concat([Buffer.from([0xa2]), ...["__type", code, "message", message].map(text)]),
  };
}
