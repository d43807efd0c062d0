import * as z from "zod";
import type { Iam } from "../iam/index.ts";
import { jsonText } from "./blocks.ts";
import { kind, type ResourceKinds } from "./resource.ts";

/** Roles and policies, which the stage enforces. */
export const iamKinds = (iam: Iam): ResourceKinds =>
  new Map([
    ["aws_iam_policy", policy(iam)],
    ["aws_iam_role", role(iam)],
    ["aws_iam_role_policy", rolePolicy(iam)],
    ["aws_iam_role_policy_attachment", attachment(iam)],
  ]);

const path = z
  .string()
  .regex(/^\/(.+\/)?$/, "must have a slash at both ends")
  .default("/");

const role = (iam: Iam) =>
  kind(
    z.object({ name: z.string(), path, assume_role_policy: jsonText }),
    ["description", "force_detach_policies", "max_session_duration"],
    ({ name, path, assume_role_policy: trust }) => {
      const { arn, id } = iam.createRole({ name, path, trust });
      return { id: name, arn, unique_id: id };
    },
  );

const rolePolicy = (iam: Iam) =>
  kind(z.object({ name: z.string(), role: z.string(), policy: jsonText }), [], ({ name, role, policy }) => {
    iam.putRolePolicy(role, name, policy);
    return { id: `${role}:${name}` };
  });

const policy = (iam: Iam) =>
  kind(
    z.object({ name: z.string(), path, policy: jsonText }),
    ["description"],
    ({ name, path, policy }, { accountId }) => {
      const arn = `arn:aws:iam::${accountId}:policy${path}${name}`;
      iam.createPolicy(arn, name, policy);
      return { id: arn, arn };
    },
  );

const attachment = (iam: Iam) =>
  kind(z.object({ role: z.string(), policy_arn: z.string() }), [], ({ role, policy_arn }) => {
    iam.attachPolicy(role, policy_arn);
    return { id: `${role}-${policy_arn}` };
  });
