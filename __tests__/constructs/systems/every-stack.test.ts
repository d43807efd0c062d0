import * as z from "zod";
import { AccountStack } from "../../../constructs/bootstrap/account/index.ts";
import { ConnectorFrameworkStack } from "../../../constructs/systems/connector-framework/index.ts";
import { loadEnvironment } from "../../../environments/index.ts";
import { stages } from "../../../environments/schema.ts";
import { synthesizeApp } from "../synth.ts";

const stacks = [
  ...stages.map((stage) => ({ stage, Stack: ConnectorFrameworkStack, name: `${stage}-connector-framework` })),
  ...stages
    .filter((stage) => stage !== "local")
    .map((stage) => ({ stage, Stack: AccountStack, name: `${stage}-account` })),
].map(({ stage, Stack, name }) => ({
  name,
  made: synthesizeApp(loadEnvironment(stage), ({ app, ...props }) => new Stack(app, props).node),
}));

const textList = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

/** Why a statement may name every resource: the service has no resource-level permission for the action, or asks for it so. */
const everyResource = new Map([
  ["batch:DescribeJobDefinitions", "no resource-level permission"],
  ["batch:DescribeJobs", "no resource-level permission"],
  ["batch:ListJobs", "no resource-level permission"],
  ["ecr:GetAuthorizationToken", "no resource-level permission"],
  ["xray:PutTelemetryRecords", "no resource-level permission"],
  ["xray:PutTraceSegments", "no resource-level permission"],
  ...[
    "CreateLogGroup",
    "CreateLogStream",
    "DescribeLogGroups",
    "DescribeLogStreams",
    "FilterLogEvents",
    "GetLogEvents",
    "PutLogEvents",
  ].map(
    (action) => [`logs:${action}`, "API Gateway refuses an account role with less, in the account stack only"] as const,
  ),
]);

describe.each(stacks)("$name", ({ name, made }) => {
  test("nothing of CDKTF's own workings is left in it", () => {
    expect(made.text).not.toMatch(/e\+298|TfToken|cross-stack-output|\[object Object\]|undefined|NaN/);
  });

  test("its backend is literal", () => {
    expect(JSON.stringify(made.json.terraform)).not.toContain("${");
  });

  test("every expression is one reference, to an attribute of a resource that is there", () => {
    const { "//": _, ...whole } = z.record(z.string(), z.unknown()).parse(JSON.parse(made.text));
    const references = JSON.stringify(whole).match(/[$%]\{[^}]*\}/g) ?? [];
    for (const reference of references) {
      const [, type = "", id = "", attribute] = reference.match(/^\$\{(aws_\w+)\.(\w+)\.(\w+)\}$/) ?? [];
      expect({ reference, declared: id in made.all(type), attribute }).toEqual({
        reference,
        declared: true,
        attribute: expect.any(String),
      });
    }
    expect(Object.keys(whole)).not.toContain("data");
  });

  test("what a resource waits for is there", () => {
    for (const byId of Object.values(made.json.resource))
      for (const { depends_on } of Object.values(byId))
        for (const dependency of textList.parse(depends_on ?? [])) {
          const [type = "", id = ""] = dependency.split(".");
          expect(made.all(type)).toHaveProperty(id);
        }
  });

  test("no policy allows every action, and every resource only for a reason", () => {
    for (const statement of made.statements()) {
      const [actions, resources] = [textList.parse(statement.Action), textList.parse(statement.Resource)];
      expect(actions.filter((action) => action.includes("*"))).toEqual([]);
      const isAccount = name.endsWith("-account");
      if (resources.includes("*"))
        expect(
          actions.filter((action) => !everyResource.has(action) || (action.startsWith("logs:") && !isAccount)),
        ).toEqual([]);
    }
  });

  test("roles are passed to ECS tasks, only those under the stage's path, and to schedules, only one of the stack's own", () => {
    for (const { Action, Resource, Condition } of made
      .statements()
      .filter(({ Action }) => textList.parse(Action).includes("iam:PassRole"))) {
      expect(Action).toEqual(["iam:PassRole"]);
      const [role, ...others] = textList.parse(Resource);
      expect(others).toEqual([]);
      const service = role?.startsWith("$") ? "scheduler.amazonaws.com" : "ecs-tasks.amazonaws.com";
      expect(role).toMatch(/^(arn:aws:iam::\d{12}:role\/connectors\/\*|\$\{aws_iam_role\.Schedules_Role_\w+\.arn\})$/);
      expect(Condition).toEqual({ StringEquals: { "iam:PassedToService": service } });
    }
  });

  test("logical ids stay what they are: a new one is a new resource, and the old is destroyed", () => {
    const ids = Object.entries(made.json.resource).flatMap(([type, byId]) =>
      Object.keys(byId).map((id) => `${type}.${id}`),
    );
    expect(ids.sort()).toMatchSnapshot();
  });
});
