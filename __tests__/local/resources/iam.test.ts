import { type AssumedRole, createIam, type Iam } from "../../../local/iam/index.ts";
import { iamKinds } from "../../../local/resources/iam.ts";
import type { StageContext } from "../../../local/resources/stage-context.ts";
import { documentOf } from "../iam/policies.ts";
import { accountId, trusting } from "../iam/roles.ts";

const region = "eu-central-1";
const trust = JSON.stringify(trusting("lambda.amazonaws.com"));
const allow = (action: string) => JSON.stringify(documentOf({ Effect: "Allow", Action: action, Resource: "*" }));

function stage() {
  const iam = createIam({ accountId, region });
  const kinds = iamKinds(iam);
  const context: StageContext = {
    ...{ region, accountId, iam, namePrefix: "armature-local-", url: "http://127.0.0.1:1", serviceEndpoints: {} },
    directories: { functions: "/nowhere", logs: "/nowhere" },
    declarations: { functions: new Map(), mappings: [], apis: new Map(), invocations: [] },
  };
  const make = async (type: string, body: Record<string, unknown>) =>
    kinds.get(type)?.({ stack: "local-a", address: `${type}.It`, body, directory: "/nowhere" }, context);
  return { iam, make };
}

const actingAs = (iam: Iam, arn: string): AssumedRole | undefined =>
  iam.assume(arn, { service: "lambda.amazonaws.com", session: "f" });

test("a role has its ARN, with its path, and what its policies allow", async () => {
  const { iam, make } = stage();
  const role = await make("aws_iam_role", { name: "r", path: "/a/", assume_role_policy: trust, description: "d" });
  expect(role).toEqual({
    id: "r",
    arn: "arn:aws:iam::000000000000:role/a/r",
    unique_id: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
  });
  await make("aws_iam_role_policy", { name: "own", role: "r", policy: allow("s3:GetObject") });
  const policy = await make("aws_iam_policy", { name: "p", path: "/b/", policy: allow("s3:PutObject") });
  expect(policy).toMatchObject({ arn: "arn:aws:iam::000000000000:policy/b/p" });
  await make("aws_iam_role_policy_attachment", { role: "r", policy_arn: policy?.arn });

  const assumed = actingAs(iam, "arn:aws:iam::000000000000:role/a/r");
  const decisions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"].map(async (action) =>
    assumed ? (await iam.decide(assumed.principal, { action, resource: "*" })).effect : "nobody",
  );
  expect(await Promise.all(decisions)).toEqual(["allowed", "allowed", "not allowed"]);
});

test.each<[string, Record<string, unknown>, string]>([
  ["aws_iam_role", { permissions_boundary: "arn" }, "permissions_boundary: the local stage does not know"],
  ["aws_iam_role", { managed_policy_arns: [] }, "managed_policy_arns: the local stage does not know"],
  ["aws_iam_role", { name: "r", assume_role_policy: "{" }, "assume_role_policy: must be JSON"],
  ["aws_iam_role_policy", { name: "p", role: "nobody", policy: allow("a:B") }, "nobody is no role of this stage"],
  [
    "aws_iam_role_policy_attachment",
    { role: "r", policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
    "arn:aws:iam::aws:policy/AdministratorAccess is no policy of this stage, and those of AWS are not known here",
  ],
  [
    "aws_iam_policy",
    { name: "p", policy: JSON.stringify(documentOf({ Effect: "Allow", Action: "a:B", Resource: "x" })) },
    "policy p: Statement.0.Resource.0: must be an ARN or *",
  ],
])("%s with %j is refused", async (type, body, problem) => {
  await expect(stage().make(type, body)).rejects.toThrow(problem);
});
