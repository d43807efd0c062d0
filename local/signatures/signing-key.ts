import { createHmac } from "node:crypto";

/** What a signing key is made for: it is good for one day, one region and one service. */
export interface CredentialScope {
  /** `20260102` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** `20260102/eu-west-1/dynamodb/aws4_request` */
export const scopeText = ({ date, region, service }: CredentialScope) => `${date}/${region}/${service}/aws4_request`;

const hmac = (key: Uint8Array | string, data: string) => createHmac("sha256", key).update(data).digest();

/** Only keys of known owners for the present day come here, so it grows by a few a day. */
const made = new Map<string, Buffer>();

/** AWS: "Create a signed AWS API request", step 4. A key is derived once and then kept. */
export function signingKey(secretAccessKey: string, scope: CredentialScope): Buffer {
  const name = `${scopeText(scope)}\n${secretAccessKey}`;
  const found = made.get(name);
  if (found !== undefined) return found;
  const key = [scope.date, scope.region, scope.service, "aws4_request"].reduce<Buffer>(
    hmac,
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  made.set(name, key);
  return key;
}
