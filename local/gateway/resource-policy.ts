import * as z from "zod";
import { type Authority, denialReason } from "../iam/authority.ts";
import type { Decision } from "../iam/decision.ts";
import { stringLike } from "../string-like.ts";
import { type Call, methodArn } from "./call.ts";
import { InvalidApi } from "./document.ts";
import { accessDenied } from "./refusal.ts";

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Principal: z.union([
    z.literal("*").transform(() => ["*"]),
    z.strictObject({ AWS: oneOrMore }).transform(({ AWS }) => AWS),
  ]),
  Action: oneOrMore,
  Resource: oneOrMore,
});

const action = "execute-api:Invoke";

const policyDocument = z.strictObject({
  Version: z.literal("2012-10-17"),
  Id: z.string().optional(),
  Statement: z.union([statement, z.array(statement)]).transform((value) => [value].flat()),
});

/**
 * Decides who may call. Callers of the API's account are let in by their own policies or by the API's; those of other
 * accounts, whose own policies are taken to let them, need the API's, and so do unsigned callers if it has one. A Deny of
 * either holds for all.
 * AWS: "How API Gateway resource policies affect authorization workflow".
 * @returns a check that rejects with Refusal 403
 * @throws InvalidApi when the API's policy has something that is not evaluated here, such as a Condition
 */
export function createAdmission(authority: Pick<Authority, "decide">, policy: unknown): (call: Call) => Promise<void> {
  const statements = policy === undefined ? undefined : parsePolicy(policy);
  return async (call) => {
    const { stage, caller, method, path } = call;
    const target = `${stage.apiId}/${stage.stageName}/${method}${path}`;
    const arn = methodArn(call, path);
    const applying = (statements ?? []).filter(
      ({ Principal, Action, Resource }) =>
        Principal.some((principal) => isPrincipal(principal, caller)) &&
        Action.some((pattern) => stringLike(pattern, action)) &&
        Resource.some((resource) =>
          stringLike(
            resource.replace(/^execute-api:\//, `${arn.slice(0, arn.lastIndexOf(":") + 1)}${stage.apiId}/`),
            arn,
          ),
        ),
    );
    const denied = applying.some(({ Effect }) => Effect === "Deny");
    const own: Decision["effect"] | undefined =
      caller?.accountId === stage.accountId
        ? (await authority.decide(caller, { action, resource: arn })).effect
        : undefined;
    const allowed = own === "allowed" || (statements === undefined && caller === undefined) || applying.length > 0;
    if (allowed && !denied && own !== "denied") return;
    const masked = `arn:aws:execute-api:${stage.region}:********${stage.accountId.slice(-4)}:${target}`;
    const because = denied ? " with an explicit deny" : own === undefined ? "" : ` ${denialReason(action, own)}`;
    throw accessDenied(
      `User: ${caller?.arn ?? "anonymous"} is not authorized to perform: ${action} on resource: ${masked}${because}`,
    );
  };
}

function parsePolicy(policy: unknown) {
  const parsed = policyDocument.safeParse(policy);
  if (parsed.success) return parsed.data.Statement;
  throw new InvalidApi(
    parsed.error.issues.map(({ path, message }) => `x-amazon-apigateway-policy.${path.join(".")}: ${message}`),
  );
}

function isPrincipal(principal: string, caller: Call["caller"]): boolean {
  if (principal === "*") return true;
  if (caller === undefined) return false;
  return [caller.accountId, `arn:aws:iam::${caller.accountId}:root`, caller.arn, caller.roleArn].includes(principal);
}
