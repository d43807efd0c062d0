import * as z from "zod";
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

const policyDocument = z.strictObject({
  Version: z.literal("2012-10-17"),
  Id: z.string().optional(),
  Statement: z.union([statement, z.array(statement)]).transform((value) => [value].flat()),
});

/**
 * Decides who may call. Everybody's own policies are taken to allow every call, so without a resource policy the
 * callers of the API's account are let in and those of other accounts are not; with one, other accounts and unsigned
 * callers need a statement that allows them, and a Deny holds for all.
 * AWS: "How API Gateway resource policies affect authorization workflow".
 * @returns a check that throws Refusal 403
 * @throws InvalidApi when the policy has something that is not evaluated here, such as a Condition
 */
export function createResourcePolicy(policy: unknown): (call: Call) => void {
  const statements = policy === undefined ? undefined : parsePolicy(policy);
  return (call) => {
    const { stage, caller, method, path } = call;
    const target = `${stage.apiId}/${stage.stageName}/${method}${path}`;
    const arn = methodArn(call, path);
    const applying = (statements ?? []).filter(
      ({ Principal, Action, Resource }) =>
        Principal.some((principal) => isPrincipal(principal, caller)) &&
        Action.some((action) => stringLike(action, "execute-api:Invoke")) &&
        Resource.some((resource) =>
          stringLike(
            resource.replace(/^execute-api:\//, `${arn.slice(0, arn.lastIndexOf(":") + 1)}${stage.apiId}/`),
            arn,
          ),
        ),
    );
    const denied = applying.some(({ Effect }) => Effect === "Deny");
    const ownAccount = caller?.accountId === stage.accountId;
    const allowed = ownAccount || (statements === undefined && caller === undefined) || applying.length > 0;
    if (allowed && !denied) return;
    const masked = `arn:aws:execute-api:${stage.region}:********${stage.accountId.slice(-4)}:${target}`;
    throw accessDenied(
      `User: ${caller?.userArn ?? "anonymous"} is not authorized to perform: execute-api:Invoke on resource: ${masked}${denied ? " with an explicit deny" : ""}`,
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
  return [caller.accountId, `arn:aws:iam::${caller.accountId}:root`, caller.userArn].includes(principal);
}
