import { Construct } from "constructs";
import { allowPolicy, queuePolicy, trustPolicy } from "../../constructs/policy/index.ts";
import { Role } from "../../constructs/role/index.ts";
import type { SystemStack } from "../../constructs/system-stack/index.ts";
import { SynthesisError } from "../../constructs/validation/index.ts";
import { statementsOf, synthesize } from "./synth.ts";

test("a policy allows what is said, actions in the order of their names", () => {
  const conditions = { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } };
  expect(statementsOf(allowPolicy([{ actions: ["b:B", "a:A"], resources: ["r2", "r1"], conditions }]))).toEqual([
    { Effect: "Allow", Action: ["a:A", "b:B"], Resource: ["r2", "r1"], Condition: conditions },
  ]);
});

test("a trust names one service, and its conditions", () => {
  expect(statementsOf(trustPolicy("lambda.amazonaws.com"))).toEqual([
    { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
  ]);
  const conditions = { StringEquals: { "aws:SourceAccount": "111111111111" } };
  expect(statementsOf(trustPolicy("lambda.amazonaws.com", conditions))[0]).toMatchObject({ Condition: conditions });
});

test("a queue refuses what comes without TLS, and takes from one service on behalf of one source", () => {
  const [tls, send, ...others] = statementsOf(queuePolicy("q", { service: "events.amazonaws.com", sourceArn: "rule" }));
  expect(tls).toMatchObject({
    Effect: "Deny",
    Principal: "*",
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
  expect(send).toEqual({
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: ["sqs:SendMessage"],
    Resource: ["q"],
    Condition: { ArnEquals: { "aws:SourceArn": "rule" } },
  });
  expect(others).toEqual([]);
  expect(statementsOf(queuePolicy("q"))).toHaveLength(1);
});

describe("a role", () => {
  const props = { assumedBy: "ecs-tasks.amazonaws.com", description: "Bakes bread" };
  const read = { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::b/*"] };

  test("has its name, its purpose and who takes it on", () => {
    const role = synthesize((stack) => new Role(stack, "Baker", { ...props, conditions: { Bool: { a: "true" } } })).one(
      "aws_iam_role",
    );
    expect(role).toMatchObject({ name: "armature-dev-shop-baker", description: "Bakes bread" });
    expect(statementsOf(role.assume_role_policy)).toEqual([
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: "ecs-tasks.amazonaws.com" },
        Condition: { Bool: { a: "true" } },
      },
    ]);
  });

  test("has a policy for each grant; the same grant again changes nothing", () => {
    const made = synthesize((stack) => {
      const role = new Role(stack, "Baker", props);
      expect(role.grant({ verb: "ReadFlour" }, read)).toBe(role.grant({ verb: "ReadFlour" }, read));
      role.grant({ verb: "ReadSalt" }, read);
    });
    const policies = Object.values(made.all("aws_iam_role_policy"));
    expect(policies.map(({ name }) => name)).toEqual(["read-flour", "read-salt"]);
  });

  const baking = (bake: (role: Role, stack: SystemStack) => void) =>
    synthesize((stack) => bake(new Role(stack, "Baker", props), stack));
  const policyNames = (bake: (role: Role, stack: SystemStack) => void) =>
    Object.values(baking(bake).all("aws_iam_role_policy"))
      .map(({ name }) => String(name))
      .sort();

  test("has policies named for verb, target and a hash of what was chosen, in whatever order that was", () => {
    const names = policyNames((role, stack) => {
      const target = new Construct(new Construct(stack, "Cellar"), "FlourSack");
      role.grant({ verb: "Take", target, chosen: ["b", "a"] }, read);
      role.grant({ verb: "Take", target, chosen: ["a", "b"] }, read);
      role.grant({ verb: "Take", target, chosen: ["a"] }, read);
      role.grant({ verb: "Take", target }, read);
    });
    expect(names).toEqual([
      "take-cellar-flour-sack",
      expect.stringMatching(/^take-cellar-flour-sack-[0-9a-f]{8}$/),
      expect.stringMatching(/^take-cellar-flour-sack-[0-9a-f]{8}$/),
    ]);
    expect(new Set(names).size).toBe(3);
  });

  test("has a policy with a name that IAM takes, however deep its target is", () => {
    const [name = ""] = policyNames((role, stack) =>
      role.grant({ verb: "Take", target: new Construct(stack, "Deep".repeat(50)) }, read),
    );
    expect(name.length).toBeLessThanOrEqual(128);
  });

  test.each([
    ["one id", ["Cellar", "flour"], ["Cellarflour", undefined]],
    ["one name", ["Cellar", "Flour"], ["cellarFlour", undefined]],
    ["the very same target", ["Cellar", "Flour"], ["Cellar", "Flour"]],
  ])("fails when two different grants would have %s, naming both", (_, one, other) => {
    const made = () =>
      baking((role, stack) => {
        for (const [index, [outer = "", inner]] of [one, other].entries()) {
          const parent = stack.node.tryFindChild(outer) ?? new Construct(stack, outer);
          if (!(parent instanceof Construct)) throw new Error(outer);
          const child = inner && (parent.node.tryFindChild(inner) ?? new Construct(parent, inner));
          const target = child instanceof Construct ? child : parent;
          role.grant({ verb: "Take", target }, { ...read, resources: [String(index)] });
        }
      });
    const path = (ids: readonly (string | undefined)[]) => `dev-shop/${ids.filter(Boolean).join("/")}`;
    expect(made).toThrow(SynthesisError);
    expect(made).toThrow(`dev-shop/Baker: Take ${path(other)} and Take ${path(one)} would both be policy take-`);
  });
});
