import { authorize } from "../../../local/iam/authority.ts";
import { type AuthorizationRecord, createIam } from "../../../local/iam/index.ts";
import { developerOf } from "../../../local/iam/principal.ts";
import { documentOf } from "./policies.ts";
import { accountId, notAllowed, roleOf, trusting } from "./roles.ts";

const region = "eu-central-1";
const lambda = { service: "lambda.amazonaws.com", session: "f" };
const read = { action: "s3:GetObject", resource: "arn:aws:s3:::b/k" };
const allowRead = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" };

describe("a role is taken on", () => {
  const iam = createIam({ accountId, region });
  const group = "arn:aws:scheduler:eu-central-1:000000000000:schedule-group/default";
  const conditions = {
    StringEquals: { "aws:SourceAccount": accountId },
    ArnLike: { "aws:SourceArn": "arn:aws:scheduler:*:*:schedule-group/*" },
  };
  const { arn } = iam.createRole({ name: "r", path: "/a/", trust: trusting("lambda.amazonaws.com") });
  const scheduled = iam.createRole({ name: "s", path: "/", trust: trusting("scheduler.amazonaws.com", conditions) });
  const scheduler = { service: "scheduler.amazonaws.com", session: "s" };

  test("by the service it trusts, under its name without the path", () => {
    expect(arn).toBe("arn:aws:iam::000000000000:role/a/r");
    expect(iam.assume(arn, lambda)?.principal).toMatchObject({
      arn: "arn:aws:sts::000000000000:assumed-role/r/f",
      userId: expect.stringMatching(/^AROA[A-Z2-7]{17}:f$/),
      roleArn: arn,
    });
  });

  test("by no other service", () => {
    expect(iam.assume(arn, { ...lambda, service: "ecs-tasks.amazonaws.com" })).toBeUndefined();
  });

  test("under the conditions of its trust policy only", () => {
    const context = { "aws:SourceAccount": accountId, "aws:SourceArn": group };
    expect(iam.assume(scheduled.arn, { ...scheduler, context })).toBeDefined();
    expect(iam.assume(scheduled.arn, scheduler)).toBeUndefined();
    const other = { ...context, "aws:SourceAccount": "111111111111" };
    expect(iam.assume(scheduled.arn, { ...scheduler, context: other })).toBeUndefined();
  });

  test("when there is one", () => {
    expect(iam.hasRole(arn)).toBe(true);
    expect(iam.hasRole("arn:aws:iam::000000000000:role/r")).toBe(false);
    expect(() => iam.assume("arn:aws:iam::000000000000:role/r", lambda)).toThrow("is no role of this stage");
  });

  test("not where a statement denies it", () => {
    const allowed = trusting("lambda.amazonaws.com").Statement;
    const trust = documentOf(...allowed, { ...allowed[0], Effect: "Deny" });
    expect(iam.assume(iam.createRole({ name: "denied", path: "/", trust }).arn, lambda)).toBeUndefined();
  });

  test.each([
    [trusting("lambda.amazonaws.com", { StringEquals: { "aws:SourceVpc": "v" } }), "aws:SourceVpc is not known"],
    [documentOf({ Effect: "Allow", Action: "sts:AssumeRole", Principal: "*" }), "Principal"],
  ])("never with a trust policy that is not understood", (trust, problem) => {
    expect(() => iam.createRole({ name: "odd", path: "/", trust })).toThrow(/^trust policy of role odd: /);
    expect(() => iam.createRole({ name: "odd", path: "/", trust })).toThrow(problem);
  });

  test("two of one name are refused", () => {
    expect(() => iam.createRole({ name: "r", path: "/", trust: trusting("a.amazonaws.com") })).toThrow("two roles");
  });
});

test("the developer may do everything", async () => {
  const { iam } = roleOf({ region });
  await authorize(iam, developerOf(accountId), [read]);
});

test("a role may do what its policies allow, its own and those it was given", async () => {
  const { iam, principal } = roleOf({ region }, allowRead);
  iam.createPolicy("arn:aws:iam::000000000000:policy/w", "w", documentOf({ ...allowRead, Action: "s3:PutObject" }));
  await authorize(iam, principal, [read]);
  await expect(authorize(iam, principal, [read, { ...read, action: "s3:PutObject" }])).rejects.toThrow(
    notAllowed("s3:PutObject", read.resource),
  );
  iam.attachPolicy("r", "arn:aws:iam::000000000000:policy/w");
  await authorize(iam, principal, [read, { ...read, action: "s3:PutObject" }]);
});

test("what is denied is told from what is not allowed", async () => {
  const { iam, principal } = roleOf({ region }, allowRead, { ...allowRead, Effect: "Deny" });
  await expect(authorize(iam, principal, [read])).rejects.toThrow(
    "is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k with an explicit deny in an identity-based policy",
  );
});

test("every request says whose it is, and where it was made", async () => {
  const own = {
    StringEquals: { "aws:PrincipalArn": "arn:aws:iam::000000000000:role/r", "aws:RequestedRegion": region },
  };
  const { iam, principal } = roleOf({ region }, { ...allowRead, Condition: own });
  await authorize(iam, principal, [read]);
  const elsewhere = roleOf({ region: "us-east-1" }, { ...allowRead, Condition: own });
  await expect(authorize(elsewhere.iam, elsewhere.principal, [read])).rejects.toThrow(
    notAllowed(read.action, read.resource),
  );
});

test("where another server is asked, a session signs with the key it knows", () => {
  const sharedKey = { accessKeyId: "local", secretAccessKey: "local" };
  const { key, principal } = roleOf({ region, sharedKey });
  expect(key).toEqual(sharedKey);
  expect(principal.arn).toBe("arn:aws:sts::000000000000:assumed-role/r/f");
});

test("a policy of AWS, or none at all, cannot be given to a role", () => {
  const { iam } = roleOf({ region });
  const arn = "arn:aws:iam::aws:policy/AdministratorAccess";
  expect(() => iam.attachPolicy("r", arn)).toThrow(`${arn} is no policy of this stage`);
  expect(() => iam.putRolePolicy("nobody", "p", documentOf(allowRead))).toThrow("nobody is no role of this stage");
  expect(() => iam.putRolePolicy("r", "p", {})).toThrow(/^policy p of role r: /);
});

test("what roles ask for is told, with the statement that allowed it; what the developer does is not", async () => {
  const records: AuthorizationRecord[] = [];
  const { iam, principal } = roleOf({ region, authorizations: (record) => records.push(record) }, allowRead);
  await authorize(iam, developerOf(accountId), [read]);
  await iam.decide(principal, read);
  await iam.decide(principal, { ...read, action: "s3:PutObject" });
  expect(records).toEqual([
    { role: "r", ...read, allowedBy: { policy: "its", statement: 0 } },
    { role: "r", ...read, action: "s3:PutObject" },
  ]);
});
