import { AccountStack, needsAccountStack } from "../../../constructs/bootstrap/account/index.ts";
import { environmentOf, statementsOf, synthesizeApp } from "../synth.ts";

test("API Gateway is given a role that only it takes on", () => {
  const made = synthesizeApp(environmentOf(), ({ app, ...props }) => new AccountStack(app, props).node);
  const [id] = Object.keys(made.all("aws_iam_role"));
  expect(made.one("aws_api_gateway_account")).toMatchObject({
    cloudwatch_role_arn: `\${aws_iam_role.${id}.arn}`,
    depends_on: [expect.stringMatching(/^aws_iam_role_policy\./)],
  });
  expect(statementsOf(made.one("aws_iam_role").assume_role_policy)).toEqual([
    {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "apigateway.amazonaws.com" },
    },
  ]);
  expect(made.json.terraform.backend).toMatchObject({ s3: { key: "account/terraform.tfstate" } });
});

test.each([
  ["dev", "create", true],
  ["dev", "exists", false],
  ["local", "create", false],
] as const)("stage %s whose role is to %s: %s", (stage, apiGatewayAccountRole, needed) => {
  const local = { stage: "local", accountId: "000000000000", state: undefined, alarmTopicArns: [] } as const;
  expect(needsAccountStack(environmentOf({ ...(stage === "local" ? local : {}), apiGatewayAccountRole }))).toBe(needed);
});
