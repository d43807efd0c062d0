import { NodeFunction } from "../../../../constructs/function/index.ts";
import { Schedules } from "../../../../constructs/systems/connector-framework/schedules.ts";
import { string, Table } from "../../../../constructs/table/index.ts";
import { parsed, type Synthesized, synthesize } from "../../synth.ts";

let made: Synthesized;
beforeAll(() => {
  made = synthesize((stack) => {
    const schedules = new Schedules(stack, "Schedules", {
      connectors: new Table(stack, "Connectors", { partitionKey: string("tenant"), sortKey: string("id") }),
      jobs: new Table(stack, "Jobs", { partitionKey: string("tenant"), sortKey: string("id") }),
      jobQuota: 5,
    });
    const manager = new NodeFunction(stack, "Manager", {
      handler: "connector-framework/deletion",
      description: "",
      timeoutSeconds: 10,
      environment: {
        ...{ CONNECTORS_TABLE: "a", JOBS_TABLE: "b", DOCUMENTS_TABLE: "c" },
        SCHEDULE_GROUP: schedules.variables.SCHEDULE_GROUP,
      },
    });
    schedules.grantManage(manager);
  });
});

const reference = (type: string, idPrefix: string, attribute: string) => {
  const [id] = Object.keys(made.all(type)).filter((one) => one.startsWith(idPrefix));
  return `\${${type}.${id}.${attribute}}`;
};
const starter = () => reference("aws_lambda_function", "Schedules_Starter", "arn");
const group = (attribute: string) => reference("aws_scheduler_schedule_group", "Schedules_Group", attribute);
const role = () => reference("aws_iam_role", "Schedules_Role", "arn");
const ofGroup = () => `arn:aws:scheduler:eu-central-1:111111111111:schedule/${group("name")}/*`;

test("the group has the stage's and the system's name", () => {
  expect(made.one("aws_scheduler_schedule_group")).toEqual({ name: "armature-dev-shop-schedules" });
});

test("the role may invoke the function and send to the dead letters, and nothing else", () => {
  expect(made.statements("Schedules_Role")).toEqual([
    { Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: [starter()] },
    {
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: [reference("aws_sqs_queue", "Schedules_Undelivered", "arn")],
    },
  ]);
});

test("only schedules of this group, in this account, take the role on", () => {
  const { assume_role_policy } = made.one("aws_iam_role", "Schedules_Role");
  expect(parsed(assume_role_policy)).toMatchObject({
    Statement: [
      {
        Principal: { Service: "scheduler.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": "111111111111", "aws:SourceArn": group("arn") } },
      },
    ],
  });
});

test("who manages schedules may do so in this group, and give them this role only", () => {
  expect(made.statements("Manager_Role_Manage")).toEqual([
    {
      Effect: "Allow",
      Action: [
        "scheduler:CreateSchedule",
        "scheduler:DeleteSchedule",
        "scheduler:GetSchedule",
        "scheduler:UpdateSchedule",
      ],
      Resource: [ofGroup()],
    },
    {
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: [role()],
      Condition: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
    },
  ]);
});

test("the function starts jobs and deletes schedules of connectors that are gone", () => {
  const rights = (of: string) => made.statements(`Schedules_Starter_Role_${of}`).map(({ Action }) => Action);
  expect(rights("Use")).toEqual([["dynamodb:UpdateItem"], ["dynamodb:GetItem", "dynamodb:PutItem"]]);
  expect(made.statements("Schedules_Starter_Role_DeleteFrom")).toEqual([
    { Effect: "Allow", Action: ["scheduler:DeleteSchedule"], Resource: [ofGroup()] },
  ]);
  expect(made.one("aws_lambda_function", "Schedules_Starter")).toMatchObject({
    environment: { variables: { JOB_QUOTA: "5", METRICS_SERVICE: "armature-dev-shop", SCHEDULE_GROUP: group("name") } },
  });
});

test("what the function gives up on waits in a queue of its own", () => {
  expect(made.one("aws_lambda_function_event_invoke_config")).toMatchObject({
    destination_config: { on_failure: { destination: reference("aws_sqs_queue", "Schedules_Failed", "arn") } },
  });
});

test("an alarm sounds when Scheduler cannot invoke the function", () => {
  expect(made.one("aws_cloudwatch_metric_alarm", "Schedules_Failures")).toMatchObject({
    namespace: "AWS/Scheduler",
    metric_name: "TargetErrorCount",
    dimensions: { ScheduleGroup: group("name") },
  });
});
