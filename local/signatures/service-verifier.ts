import { type AccessKey, localAccessKey } from "./access-key.ts";
import { invalidSignature } from "./signature-error.ts";
import { verifySignature } from "./verify.ts";
import { type RequestHead, wireRequest } from "./wire-request.ts";

export interface ServiceVerifierOptions {
  /** The name in the credential scope: `dynamodb`, `sqs`, `batch`, `events`. */
  readonly service: string;
  readonly region: string;
  /** The only key that is accepted. @default localAccessKey */
  readonly accessKey?: AccessKey | undefined;
}

/** AWS: "Troubleshoot Signature Version 4 signing for AWS API requests": fifteen minutes for most services. */
const allowedSkewSeconds = 15 * 60;

/**
 * Verifies the requests of one service.
 * @returns a check that throws SignatureError for a request that is not signed with the key for the service and region
 */
export function createServiceVerifier({ service, region, accessKey = localAccessKey }: ServiceVerifierOptions) {
  const credentials = (accessKeyId: string) => (accessKeyId === accessKey.accessKeyId ? accessKey : undefined);
  return (head: RequestHead, body: Uint8Array): void => {
    verifySignature(decodable(head, body), { service, region, credentials, allowedSkewSeconds, now: new Date() });
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
