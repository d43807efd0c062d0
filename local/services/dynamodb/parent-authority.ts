import type { Authority } from "../../iam/authority.ts";
import type { Decision } from "../../iam/decision.ts";
import { createKeyring } from "../../iam/keyring.ts";
import { parentMessage, type ServerMessage } from "./messages.ts";

/**
 * The authority in the server process: it knows whose key it is by itself, and asks the parent, which has the policies,
 * what they say. The developer, of whom nothing is asked, does not wait for that.
 */
export function parentAuthority(accountId: string, keySecret: string): Authority {
  const waiting = new Map<number, (decision: Decision) => void>();
  let asked = 0;
  process.on("message", (message) => {
    const { data } = parentMessage.safeParse(message);
    if (!data) return;
    waiting.get(data.id)?.(data.decision);
    waiting.delete(data.id);
  });
  return {
    keySecret,
    ownerOf: createKeyring(accountId, keySecret).ownerOf,
    decide: async (principal, access) => {
      if (principal.roleArn === undefined) return { effect: "allowed", by: "developer" };
      const id = asked++;
      const question: ServerMessage = { type: "decide", id, principal, access };
      return new Promise((resolve, reject) => {
        waiting.set(id, resolve);
        process.send?.(question, undefined, undefined, (error) => error && reject(error));
      });
    },
  };
}
