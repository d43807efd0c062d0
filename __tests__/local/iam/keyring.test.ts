import fc from "fast-check";
import { createKeyring, type RoleSession } from "../../../local/iam/keyring.ts";

const accountId = "000000000000";
const session: RoleSession = { roleArn: `arn:aws:iam::${accountId}:role/a/b/r`, roleId: "AROAX", name: "f" };
const keyring = createKeyring(accountId, "secret");

test("the developer has one key, without a session token", () => {
  expect(keyring.ownerOf("local", undefined)).toMatchObject({
    secretAccessKey: "local",
    principal: { arn: `arn:aws:iam::${accountId}:user/local` },
  });
  expect(keyring.ownerOf("local", "token")).toBeUndefined();
});

test("a session's key looks like AWS's, and is its own again by its token", () => {
  const key = keyring.issue(session);
  expect(key.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(key.secretAccessKey).toMatch(/^[A-Za-z0-9/+]{40}$/);
  expect(keyring.ownerOf(key.accessKeyId, key.sessionToken)).toEqual({
    ...key,
    principal: {
      accountId,
      arn: `arn:aws:sts::${accountId}:assumed-role/r/f`,
      userId: "AROAX:f",
      roleArn: session.roleArn,
    },
  });
});

test("every process that has the secret knows the key; one with another secret does not", () => {
  const key = keyring.issue(session);
  const owner = keyring.ownerOf(key.accessKeyId, key.sessionToken);
  expect(createKeyring(accountId, "secret").ownerOf(key.accessKeyId, key.sessionToken)).toEqual(owner);
  expect(createKeyring(accountId, "other").ownerOf(key.accessKeyId, key.sessionToken)).toBeUndefined();
});

test("property: a key is nobody's with any other token, and a token with any other key", () => {
  const { accessKeyId, sessionToken } = keyring.issue(session);
  const others = keyring.issue({ ...session, name: "g" });
  expect(keyring.ownerOf(accessKeyId, others.sessionToken)).toBeUndefined();
  expect(keyring.ownerOf(others.accessKeyId, sessionToken)).toBeUndefined();
  expect(keyring.ownerOf(accessKeyId, undefined)).toBeUndefined();
  const tampered = fc
    .tuple(fc.nat(sessionToken.length - 1), fc.constantFrom("a", "B", "0", "."))
    .map(([at, letter]) => sessionToken.slice(0, at) + letter + sessionToken.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(fc.string(), tampered), (token) => {
      fc.pre(token !== sessionToken);
      expect(keyring.ownerOf(accessKeyId, token)).toBeUndefined();
    }),
  );
});
