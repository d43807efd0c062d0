import { allowPolicy, queuePolicy, trustPolicy } from "../../constructs/policy/index.ts";
import { Role } from "../../constructs/role/index.ts";
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
      expect(role.grant("ReadFlour", read)).toBe(role.grant("ReadFlour", read));
      role.grant("ReadSalt", read);
    });
    const policies = Object.values(made.all("aws_iam_role_policy"));
    expect(policies.map(({ name }) => name)).toEqual(["read-flour", "read-salt"]);
  });

  test("fails when two different grants have one name", () => {
    expect(() =>
      synthesize((stack) => {
        const role = new Role(stack, "Baker", props);
        role.grant("ReadFlour", read);
        role.grant("ReadFlour", { ...read, resources: ["*"] });
      }),
    ).toThrow("ReadFlour");
  });
});
