import * as z from "zod";
import type { RequestContext } from "./access.ts";
import { compileCondition } from "./condition.ts";
import { conditionProblems, conditions, parseDocument, policyDocument } from "./policy.ts";

/** Whether a role may be taken on by a service. */
export type Trust = (service: string, context: RequestContext) => boolean;

const names = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const statement = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(["Allow", "Deny"]),
    Principal: z.strictObject({ Service: names.default([]), AWS: names.default([]) }),
    Action: names,
    Condition: conditions,
  })
  .check(({ value: { Action, Condition }, issues }) => {
    for (const message of conditionProblems(Condition, Action)) issues.push({ code: "custom", message, input: Action });
  });

const trustPolicy = policyDocument(statement);

/**
 * Reads the policy that says who may take on a role. Only services take on roles on this machine.
 * @throws Error naming the role and what is wrong with the policy
 */
export function parseTrust(role: string, document: unknown): Trust {
  const { Statement } = parseDocument(`trust policy of role ${role}`, trustPolicy, document);
  const compiled = Statement.map(({ Effect, Principal, Action, Condition }) => {
    const holds = Condition.map(compileCondition);
    return {
      effect: Effect,
      isAbout: (service: string, context: RequestContext) =>
        Action.includes("sts:AssumeRole") &&
        Principal.Service.includes(service) &&
        holds.every((condition) => condition(context)),
    };
  });
  return (service, context) => {
    const applying = compiled.filter(({ isAbout }) => isAbout(service, context));
    return applying.length > 0 && applying.every(({ effect }) => effect === "Allow");
  };
}
