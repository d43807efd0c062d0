import { type Authority, onlyDeveloper } from "../iam/authority.ts";
import type { Principal } from "../iam/principal.ts";
import { invalidSignature } from "./signature-error.ts";
import { verifySignature } from "./verify.ts";
import { type RequestHead, wireRequest } from "./wire-request.ts";

export interface ServiceVerifierOptions {
  /** The name in the credential scope: `dynamodb`, `sqs`, `batch`, `events`. */
  readonly service: string;
  readonly region: string;
  /** Knows whose access key it is. @default the developer's alone */
  readonly authority?: Pick<Authority, "ownerOf"> | undefined;
}

/** AWS: "Troubleshoot Signature Version 4 signing for AWS API requests": fifteen minutes for most services. */
const allowedSkewSeconds = 15 * 60;

/**
 * Verifies the requests of one service.
 * @returns a check that tells who signed a request, and throws SignatureError for one that is not signed by anybody for
 * the service and region
 */
export function createServiceVerifier({ service, region, authority = onlyDeveloper }: ServiceVerifierOptions) {
  return (head: RequestHead, body: Uint8Array): Principal => {
    const credentials = authority.ownerOf;
    const rules = { service, region, credentials, allowedSkewSeconds, now: new Date() };
    return verifySignature(decodable(head, body), rules).owner.principal;
  };
}

function decodable(head: RequestHead, body: Uint8Array) {
  try {
    return wireRequest(head, body);
  } catch (error) {
    if (error instanceof URIError) throw invalidSignature("The query string is not percent-encoded UTF-8.");
    throw error;
  }
}
