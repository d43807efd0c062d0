import { createHmac, timingSafeEqual } from "node:crypto";
import { type Authorization, readAuthorization } from "./authorization.ts";
import { canonicalRequest, hasUnsignedParameter, hexSha256, stringToSign } from "./canonical-request.ts";
import {
  incompleteSignature,
  invalidSignature,
  missingAuthenticationToken,
  unrecognizedClient,
} from "./signature-error.ts";
import { type CredentialScope, scopeText, signingKey } from "./signing-key.ts";
import { checkValidityPeriod, signingTime } from "./validity-period.ts";
import { headerValue, type WireRequest } from "./wire-request.ts";

/** The secret that belongs to an access key. */
export interface KeySecret {
  readonly secretAccessKey: string;
  /** Of temporary credentials: the token that must come with every request. */
  readonly sessionToken?: string;
}

/** What a service demands of a signature. */
export interface SigningRules<Owner extends KeySecret> {
  /** The name in the credential scope: `execute-api`, `dynamodb`. */
  readonly service: string;
  readonly region: string;
  /** Whose access key it is; undefined for nobody's. The session token is what the request came with. */
  credentials(accessKeyId: string, sessionToken: string | undefined): Owner | undefined;
  /** How far the client's clock may be off, either way. */
  readonly allowedSkewSeconds: number;
  readonly now: Date;
}

/** A caller whose signature was found good. */
export interface Signer<Owner> {
  readonly accessKeyId: string;
  readonly owner: Owner;
}

/**
 * Verifies a Signature Version 4, from the Authorization header or the query, as every service but S3 makes it: over
 * the path encoded once more, and over the hash of the body.
 * The checks come in the order AWS makes them, so that a request with several faults gets the same answer.
 * @throws SignatureError with AWS's own text for everything that is wrong
 */
export function verifySignature<Owner extends KeySecret>(
  request: WireRequest,
  rules: SigningRules<Owner>,
): Signer<Owner> {
  const authorization = readAuthorization(request);
  if (authorization === undefined) throw missingAuthenticationToken();
  const signingMoment = signingTime(authorization.date);
  checkValidityPeriod(signingMoment, authorization, rules);
  const signedAt = signingMoment.text;

  const signedHeaders = [...new Set(authorization.signedHeaders.toLowerCase().split(";"))].sort();
  if (!signedHeaders.includes("host")) {
    throw invalidSignature("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const { region, service } = rules;
  const scope: CredentialScope = { date: signedAt.slice(0, 8), region, service };
  const accessKeyId = checkScope(authorization, signedAt, scope);
  const owner = rules.credentials(accessKeyId, authorization.securityToken);
  if (owner === undefined) throw unrecognizedClient();

  const payloadHash = hexSha256(request.body);
  const canonical = canonicalRequest(request, signedHeaders, payloadHash);
  const toSign = stringToSign(signedAt, scopeText(scope), canonical);
  const expected = createHmac("sha256", signingKey(owner.secretAccessKey, scope)).update(toSign).digest("hex");
  const claimedHash = headerValue(request.headers, "x-amz-content-sha256");
  const matches =
    equalInConstantTime(expected, authorization.signature) &&
    authorization.signedHeaders === signedHeaders.join(";") &&
    (claimedHash === undefined || claimedHash === payloadHash) &&
    !hasUnsignedParameter(request.query, headerValue(request.headers, "authorization") === undefined);
  if (!matches) throw invalidSignature(mismatch(canonical, toSign));
  if (authorization.securityToken !== owner.sessionToken) throw unrecognizedClient();
  return { accessKeyId, owner };
}

function checkScope(
  { algorithm, credential }: Authorization,
  signedAt: string,
  { date: signingDay, region, service }: CredentialScope,
): string {
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
  if (date !== signingDay) {
    faults.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${signingDay}', from '${signedAt}'.`,
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
