import { type KeySecret, verifySignature } from "../signatures/verify.ts";
import type { WireRequest } from "../signatures/wire-request.ts";

/** Who a caller is, for the identity of an event. */
interface Identity {
  readonly accountId: string;
  /** `AIDA…` of a user, `AROA…:session` of an assumed role. */
  readonly userId: string;
  readonly userArn: string;
}

/** The secret of an access key and whose key it is. */
export interface KeyOwner extends KeySecret, Identity {}

/** A caller whose signature was found good. */
export interface Caller extends Identity {
  readonly accessKeyId: string;
}

export interface CallerRules {
  readonly region: string;
  credentials(accessKeyId: string): KeyOwner | undefined;
  readonly now: Date;
}

/** API Gateway's own, where most services allow fifteen minutes: its refusals say "5 min.". */
const allowedSkewSeconds = 5 * 60;

/** @throws SignatureError when the request is not signed for execute-api by one of the keys */
export function verifyCaller(request: WireRequest, rules: CallerRules): Caller {
  const signer = verifySignature(request, { ...rules, service: "execute-api", allowedSkewSeconds });
  const { accountId, userId, userArn } = signer.owner;
  return { accessKeyId: signer.accessKeyId, accountId, userId, userArn };
}
