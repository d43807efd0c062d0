import type { Authority } from "../iam/authority.ts";
import type { Principal } from "../iam/principal.ts";
import { verifySignature } from "../signatures/verify.ts";
import type { WireRequest } from "../signatures/wire-request.ts";

/** A caller whose signature was found good. */
export interface Caller extends Principal {
  readonly accessKeyId: string;
}

export interface CallerRules {
  readonly region: string;
  readonly authority: Pick<Authority, "ownerOf">;
  readonly now: Date;
}

/** API Gateway's own, where most services allow fifteen minutes: its refusals say "5 min.". */
const allowedSkewSeconds = 5 * 60;

/** @throws SignatureError when the request is not signed for execute-api by one of the keys */
export function verifyCaller(request: WireRequest, { region, authority, now }: CallerRules): Caller {
  const rules = { region, now, credentials: authority.ownerOf, service: "execute-api", allowedSkewSeconds };
  const { accessKeyId, owner } = verifySignature(request, rules);
  return { ...owner.principal, accessKeyId };
}
