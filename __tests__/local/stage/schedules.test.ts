import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import {
  type AnyStageProcess,
  accountId,
  eventually,
  region,
  runStage,
  startAnyStageProcess,
  temporaryDirectory,
} from "../../helpers/stage-process.ts";
import { functionResources, policy, type Resources, together, trust, writeBundle, writeStack } from "./small-stack.ts";

const directory = temporaryDirectory();
const events = join(directory.path, "events");
const dataDirectory = join(directory.path, "data");
const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const groupArn = `arn:aws:scheduler:${region}:${accountId}:schedule-group/small`;

beforeAll(() => {
  const source = `
    import { appendFileSync } from "node:fs";
    export const handler = async (event) => {
      const line = { event, scheduler: process.env.AWS_ENDPOINT_URL_SCHEDULER };
      appendFileSync(${JSON.stringify(events)}, JSON.stringify(line) + "\\n");
    };`;
  writeBundle(directory.path, "worker", source);
});
afterAll(() => directory.remove());

/** A role for schedules, which EventBridge Scheduler takes on for the stack's group alone. */
const role = (
  id: string,
  service: string,
  ...statements: (readonly [action: string, resource: string])[]
): Resources => ({
  aws_iam_role: {
    [id]: {
      name: `armature-local-small-${id.toLowerCase()}`,
      assume_role_policy: trust(service, {
        StringEquals: { "aws:SourceArn": groupArn, "aws:SourceAccount": accountId },
      }),
    },
  },
  aws_iam_role_policy: { [id]: { name: "it", role: `\${aws_iam_role.${id}.name}`, policy: policy(...statements) } },
});

const schedule = (id: string, roleId = "Invoker", more: object = {}): Resources => ({
  aws_scheduler_schedule: {
    [id]: {
      name: id.toLowerCase(),
      group_name: "${aws_scheduler_schedule_group.Small.name}",
      schedule_expression: "rate(30 minutes)",
      flexible_time_window: { mode: "OFF" },
      target: {
        arn: "${aws_lambda_function.Worker.arn}",
        role_arn: `\${aws_iam_role.${roleId}.arn}`,
        input: JSON.stringify({ id, at: "<aws.scheduler.scheduled-time>", schedule: "<aws.scheduler.schedule-arn>" }),
        retry_policy: { maximum_retry_attempts: 3 },
        dead_letter_config: { arn: "${aws_sqs_queue.DeadLetters.arn}" },
      },
      depends_on: [`aws_iam_role_policy.${roleId}`],
      ...more,
    },
  },
});

const stack = (...resources: Resources[]) =>
  writeStack(join(directory.path, "synthesized"), {
    resource: together(
      functionResources("Worker", "../../../worker.zip"),
      role("Invoker", "scheduler.amazonaws.com", ["lambda:InvokeFunction", "${aws_lambda_function.Worker.arn}"]),
      {
        aws_scheduler_schedule_group: { Small: { name: "small", tags: { a: "b" } } },
        aws_sqs_queue: { DeadLetters: { name: "armature-local-small-dead-letters" } },
      },
      ...resources,
    ),
    output: { queue_url: { value: "${aws_sqs_queue.DeadLetters.url}" } },
  });

const line = z.object({ event: z.record(z.string(), z.unknown()), scheduler: z.string() });
const told = () =>
  (existsSync(events) ? readFileSync(events, "utf8").split("\n") : [])
    .filter((text) => text !== "")
    .map((text) => line.parse(JSON.parse(text)));

/** The schedules that are there, by what a function finds in its environment. */
async function schedules(): Promise<unknown[]> {
  const client = new SchedulerClient({ region, credentials, endpoint: told().at(-1)?.scheduler ?? "" });
  const { Schedules = [] } = await client.send(new ListSchedulesCommand({ GroupName: "small" }));
  return Schedules.map(({ Name }) => Name).sort();
}

const queue = z.object({ small: z.object({ queue_url: z.string() }) });
async function deadLetters({ url }: AnyStageProcess) {
  const QueueUrl = queue.parse(await (await fetch(`${url}/outputs.json`)).json()).small.queue_url;
  const client = new SQSClient({ region, credentials, endpoint: new URL(QueueUrl).origin });
  const request = { QueueUrl, MessageAttributeNames: ["All"], WaitTimeSeconds: 5 };
  return (await client.send(new ReceiveMessageCommand(request))).Messages ?? [];
}

test("schedules of a stack invoke their function with their own role, go on after a restart, and end with the stack's", async () => {
  const forbidden = role("Forbidden", "scheduler.amazonaws.com", [
    "sqs:SendMessage",
    "${aws_sqs_queue.DeadLetters.arn}",
  ]);
  const args = stack(schedule("Regular"), schedule("Refused", "Forbidden"), forbidden);
  const first = await startAnyStageProcess({ dataDirectory, args });
  const [invoked] = await eventually(
    async () => told(),
    (found) => found.length > 0,
  );
  expect(invoked?.event).toEqual({
    id: "Regular",
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    schedule: `arn:aws:scheduler:${region}:${accountId}:schedule/small/regular`,
  });
  const [letter] = await deadLetters(first);
  expect(JSON.parse(letter?.Body ?? "")).toMatchObject({ id: "Refused" });
  expect(letter?.MessageAttributes).toMatchObject({
    ERROR_CODE: { StringValue: "AccessDeniedException" },
    ERROR_MESSAGE: { StringValue: expect.stringContaining("is not authorized to perform: lambda:InvokeFunction") },
    RETRY_ATTEMPTS: { StringValue: "0" },
  });
  expect(await schedules()).toEqual(["refused", "regular"]);
  await first.end("SIGTERM");

  // A rate goes on where it was; what the stack does not have any more is gone.
  const second = await startAnyStageProcess({ dataDirectory, args: stack(schedule("Regular"), schedule("Added")) });
  await eventually(
    async () => told(),
    (found) => found.length > 1,
  );
  expect(told().map(({ event }) => event.id)).toEqual(["Regular", "Added"]);
  expect(await schedules()).toEqual(["added", "regular"]);
  await second.end("SIGTERM");
}, 120_000);

test.each<[string, Resources[], string]>([
  [
    "a role that does not trust EventBridge Scheduler",
    [schedule("A", "Other"), role("Other", "lambda.amazonaws.com", ["lambda:InvokeFunction", "*"])],
    "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
  ],
  [
    "an expression that is none",
    [schedule("A", "Invoker", { schedule_expression: "daily" })],
    "Invalid Schedule Expression daily.",
  ],
])("a schedule with %s does not start", async (name, resources, message) => {
  const { code, stderr } = await runStage({ dataDirectory: join(directory.path, name), args: stack(...resources) });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^armature: [^\n]+\n$/)]);
  expect(stderr).toContain(message);
});
