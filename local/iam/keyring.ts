import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { type AccessKey, localAccessKey } from "../signatures/access-key.ts";
import type { KeySecret } from "../signatures/verify.ts";
import { developerOf, type Principal } from "./principal.ts";

/** An access key's secret, and whose it is. */
export interface KeyOwner extends KeySecret {
  readonly principal: Principal;
}

/** The credentials of someone who has taken on a role. */
export interface SessionKey extends AccessKey {
  /** Absent where sessions have no keys of their own. */
  readonly sessionToken?: string;
}

/** A role being taken on. */
export interface RoleSession {
  readonly roleArn: string;
  /** `AROA…` */
  readonly roleId: string;
  /** Whose session it is: the name of a function, the id of a task. */
  readonly name: string;
}

export interface Keyring {
  issue(session: RoleSession): Required<SessionKey>;
  /** Whose access key it is; undefined for nobody's, and for one that comes with another session token than its own. */
  ownerOf(accessKeyId: string, sessionToken: string | undefined): KeyOwner | undefined;
}

const sessionSchema = z.strictObject({ roleArn: z.string(), roleId: z.string(), name: z.string() });

/**
 * The access keys of the stage: the developer's, and those of sessions, which are not kept. A session's token says whose
 * it is, and everything is derived from it and the secret, so that every process that has the secret knows each other's
 * keys. A secret of another start makes none of this one.
 */
export function createKeyring(accountId: string, secret: string): Keyring {
  const mac = (purpose: string, payload: string) =>
    createHmac("sha256", secret).update(`${purpose}\n${payload}`).digest();
  const keyFor = (payload: string): Required<SessionKey> => ({
    accessKeyId: `ASIA${base32(mac("id", payload)).slice(0, 16)}`,
    secretAccessKey: mac("secret", payload).toString("base64").slice(0, 40),
    sessionToken: `${payload}.${mac("token", payload).toString("base64url")}`,
  });
  const developer: KeyOwner = { ...localAccessKey, principal: developerOf(accountId) };

  return {
    issue: (session) => keyFor(Buffer.from(JSON.stringify(session)).toString("base64url")),
    ownerOf(accessKeyId, sessionToken) {
      if (accessKeyId === localAccessKey.accessKeyId) return sessionToken === undefined ? developer : undefined;
      const payload = sessionToken?.split(".")[0] ?? "";
      const key = keyFor(payload);
      if (!sameText(key.sessionToken, sessionToken ?? "") || key.accessKeyId !== accessKeyId) return undefined;
      const session = sessionSchema.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
      return { ...key, principal: principalOf(accountId, session) };
    },
  };
}

/** Who a session makes whoever has it. */
export function principalOf(accountId: string, { roleArn, roleId, name }: RoleSession): Principal {
  const roleName = roleArn.split("/").at(-1);
  return {
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${name}`,
    userId: `${roleId}:${name}`,
    roleArn,
  };
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A letter a byte: enough to look like AWS's, which is all that is asked of it. */
export const base32 = (bytes: Uint8Array): string => [...bytes].map((byte) => alphabet[byte % 32]).join("");

function sameText(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
