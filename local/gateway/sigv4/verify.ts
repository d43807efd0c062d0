import { createHmac, timingSafeEqual } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { createScope, getSigningKey } from "@smithy/signature-v4";
import { headerValue } from "../http-request.ts";
import { incompleteSignature, invalidSignature, missingAuthenticationToken, unrecognizedClient } from "../refusal.ts";
import { type Authorization, readAuthorization } from "./authorization.ts";
import {
  canonicalRequest,
  hasUnsignedParameter,
  payloadHash,
  stringToSign,
  type WireRequest,
} from "./canonical-request.ts";
import { checkValidityPeriod, signingDate } from "./validity-period.ts";

const service = "execute-api";

/** The secret of an access key and whose key it is. */
export interface KeyOwner {
  readonly secretAccessKey: string;
  /** Of temporary credentials: the token that must come with every request. */
  readonly sessionToken?: string;
  readonly accountId: string;
  /** `AIDA…` of a user, `AROA…:session` of an assumed role. */
  readonly userId: string;
  readonly userArn: string;
}

/** A caller whose signature was found good. */
export interface Caller extends Omit<KeyOwner, "secretAccessKey" | "sessionToken"> {
  readonly accessKeyId: string;
}

export interface Verifier {
  readonly region: string;
  credentials(accessKeyId: string): KeyOwner | undefined;
  readonly now: Date;
}

/**
 * Verifies a Signature Version 4 for execute-api, from the Authorization header or the query.
 * The checks come in the order AWS makes them, so that a request with several faults gets the same answer.
 * @throws Refusal with AWS's own text for everything that is wrong
 */
export async function verifySignature(request: WireRequest, { region, credentials, now }: Verifier): Promise<Caller> {
  const authorization = readAuthorization(request);
  if (authorization === undefined) throw missingAuthenticationToken();
  const signedAt = signingDate(authorization.date);
  checkValidityPeriod(signedAt, authorization, now);

  const signedHeaders = [...new Set(authorization.signedHeaders.toLowerCase().split(";"))].sort();
  if (!signedHeaders.includes("host")) {
    throw invalidSignature("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const accessKeyId = checkScope(authorization, signedAt, region);
  const owner = credentials(accessKeyId);
  if (owner === undefined) throw unrecognizedClient();

  const scope = createScope(signedAt.slice(0, 8), region, service);
  const canonical = canonicalRequest(request, signedHeaders);
  const toSign = await stringToSign(signedAt, scope, canonical);
  const key = await getSigningKey(
    Sha256,
    { accessKeyId, secretAccessKey: owner.secretAccessKey },
    signedAt.slice(0, 8),
    region,
    service,
  );
  const expected = createHmac("sha256", key).update(toSign).digest("hex");
  const claimedHash = headerValue(request.headers, "x-amz-content-sha256");
  const matches =
    equalInConstantTime(expected, authorization.signature) &&
    authorization.signedHeaders === signedHeaders.join(";") &&
    (claimedHash === undefined || claimedHash === payloadHash(request.body)) &&
    !hasUnsignedParameter(request.query, headerValue(request.headers, "authorization") === undefined);
  if (!matches) throw invalidSignature(mismatch(canonical, toSign));
  if (authorization.securityToken !== owner.sessionToken) throw unrecognizedClient();

  const { accountId, userId, userArn } = owner;
  return { accessKeyId, accountId, userId, userArn };
}

function checkScope({ algorithm, credential }: Authorization, signedAt: string, region: string): string {
  if (algorithm !== "AWS4-HMAC-SHA256") {
    throw incompleteSignature(`Unsupported AWS 'algorithm': '${algorithm}' (only AWS4-HMAC-SHA256 for now). `);
  }
  const parts = credential.split("/");
  const [accessKeyId, date, keyRegion, keyService, terminator] = parts;
  if (parts.length !== 5 || accessKeyId === undefined || date === undefined) {
    throw incompleteSignature(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  const faults: string[] = [];
  if (keyRegion !== region) faults.push("Credential should be scoped to a valid region. ");
  if (keyService !== service) faults.push(`Credential should be scoped to correct service: '${service}'. `);
  if (terminator !== "aws4_request") {
    faults.push(`Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'. `);
  }
  if (date !== signedAt.slice(0, 8)) {
    faults.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${signedAt.slice(0, 8)}', from '${signedAt}'.`,
    );
  }
  if (faults.length > 0) throw invalidSignature(faults.join(""));
  return accessKeyId;
}

function equalInConstantTime(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const mismatch = (canonical: string, toSign: string) =>
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n" +
  `The Canonical String for this request should have been\n'${canonical}'\n\n` +
  `The String-to-Sign should have been\n'${toSign}'\n`;
