import {
  BatchClient,
  DeregisterJobDefinitionCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobsCommand,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
  TagResourceCommand,
  TerminateJobCommand,
} from "@aws-sdk/client-batch";
import type { AuthorizationRecord } from "../../../../local/iam/index.ts";
import { createTaskRoles } from "../../../../local/services/batch/task-roles.ts";
import { documentOf } from "../../iam/policies.ts";
import { notAllowed, roleOf, trusting } from "../../iam/roles.ts";
import { accountId, arn, definition, region, type TestBatch, testBatch } from "./support.ts";

const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;
const records: AuthorizationRecord[] = [];
const mine = { StringLike: { "aws:ResourceTag/job": "mine-*" } };
const { iam, key } = roleOf(
  { region, authorizations: (record) => records.push(record) },
  {
    Effect: "Allow",
    Action: ["batch:RegisterJobDefinition", "batch:TagResource", "batch:DeregisterJobDefinition"],
    Resource: arn("job-definition/mine-*"),
  },
  { Effect: "Allow", Action: "batch:SubmitJob", Resource: [arn("job-definition/mine-*"), arn("job-queue/queue")] },
  {
    Effect: "Allow",
    Action: "batch:TagResource",
    Resource: arn("job/*"),
    Condition: {
      StringLike: { "aws:RequestTag/job": "mine-*" },
      "ForAllValues:StringEquals": { "aws:TagKeys": "job" },
    },
  },
  { Effect: "Allow", Action: "batch:TerminateJob", Resource: arn("job/*"), Condition: mine },
  {
    Effect: "Allow",
    Action: "iam:PassRole",
    Resource: role("mine/*"),
    Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
  },
  { Effect: "Allow", Action: ["batch:ListJobs", "batch:DescribeJobs"], Resource: "*" },
);
iam.createRole({ name: "job", path: "/mine/", trust: trusting("ecs-tasks.amazonaws.com") });
iam.putRolePolicy("job", "describe", documentOf({ Effect: "Allow", Action: "batch:DescribeJobs", Resource: "*" }));
iam.createRole({ name: "distrustful", path: "/mine/", trust: trusting("lambda.amazonaws.com") });

let local: TestBatch;
let client: BatchClient;
beforeAll(async () => {
  local = await testBatch({ authority: iam, taskRoles: createTaskRoles({ iam, region, accountId }) });
  client = new BatchClient({ endpoint: local.batch.endpoint, region, credentials: key, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await local[Symbol.asyncDispose]();
});
beforeEach(() => records.splice(0));

const roles = (jobRoleArn = role("mine/job"), executionRoleArn = role("mine/execution")) => ({
  ...definition().containerProperties,
  ...{ jobRoleArn, executionRoleArn },
});
const mineDefinition = (changes: object = {}) =>
  new RegisterJobDefinitionCommand({
    ...definition({ jobDefinitionName: "mine-1" }),
    containerProperties: roles(),
    tags: { job: "mine-1" },
    ...changes,
  });
const submission = (changes: object = {}) =>
  new SubmitJobCommand({
    ...{ jobName: "mine-1", jobQueue: "queue", jobDefinition: "mine-1", tags: { job: "mine-1" } },
    ...changes,
  });
const asked = () => records.map(({ action, resource }) => `${action} ${resource}`);

test("registering a definition is asked for the definition, its tags and each of its roles", async () => {
  await client.send(mineDefinition());
  expect(asked()).toEqual([
    `batch:RegisterJobDefinition ${arn("job-definition/mine-1")}`,
    `batch:TagResource ${arn("job-definition/mine-1")}`,
    `iam:PassRole ${role("mine/execution")}`,
    `iam:PassRole ${role("mine/job")}`,
  ]);
  await expect(client.send(mineDefinition({ jobDefinitionName: "other" }))).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: notAllowed("batch:RegisterJobDefinition", arn("job-definition/other")),
    $metadata: { httpStatusCode: 403 },
  });
  await expect(client.send(mineDefinition({ containerProperties: roles(role("admin")) }))).rejects.toThrow(
    notAllowed("iam:PassRole", role("admin")),
  );
  await expect(client.send(mineDefinition({ containerProperties: roles(undefined, role("admin")) }))).rejects.toThrow(
    notAllowed("iam:PassRole", role("admin")),
  );
});

test("submitting a job is asked for the definition's revision, the queue and the job's tags", async () => {
  const { revision } = await client.send(mineDefinition());
  records.splice(0);
  await client.send(submission());
  expect(asked()).toEqual([
    `batch:SubmitJob ${arn(`job-definition/mine-1:${revision}`)}`,
    `batch:SubmitJob ${arn("job-queue/queue")}`,
    `batch:TagResource ${arn("job/*")}`,
  ]);
  await expect(client.send(submission({ jobQueue: "other" }))).rejects.toThrow(
    notAllowed("batch:SubmitJob", arn("job-queue/other")),
  );
  await local.register({ jobDefinitionName: "theirs" });
  await expect(client.send(submission({ jobDefinition: "theirs" }))).rejects.toThrow(
    notAllowed("batch:SubmitJob", arn("job-definition/theirs:1")),
  );
  for (const tags of [{ job: "theirs" }, { job: "mine-1", more: "" }])
    await expect(client.send(submission({ tags }))).rejects.toThrow(notAllowed("batch:TagResource", arn("job/*")));
});

test("a job is terminated by its stored tags, whatever the request says", async () => {
  await client.send(mineDefinition({ containerProperties: { ...roles(), command: ["sleep 60"] } }));
  const submit = async (changes?: object) => (await client.send(submission(changes))).jobId ?? "";
  const terminate = (jobId: string) => client.send(new TerminateJobCommand({ jobId, reason: "enough" }));
  const untagged = await submit({ tags: undefined });
  await expect(terminate(untagged)).rejects.toThrow(notAllowed("batch:TerminateJob", arn(`job/${untagged}`)));
  await expect(terminate("nobody")).rejects.toThrow(notAllowed("batch:TerminateJob", arn("job/nobody")));
  await terminate(await submit());
  await local.client.send(new TerminateJobCommand({ jobId: untagged, reason: "enough" }));
});

test("lists and descriptions are about everything", async () => {
  await client.send(new ListJobsCommand({ jobQueue: "queue" }));
  await client.send(new DescribeJobsCommand({ jobs: ["none"] }));
  await expect(client.send(new DescribeJobDefinitionsCommand({}))).rejects.toThrow(
    notAllowed("batch:DescribeJobDefinitions", "*"),
  );
});

test("definitions are retired, and resources tagged, by their ARNs", async () => {
  const { jobDefinitionArn = "" } = await client.send(mineDefinition());
  await client.send(new TagResourceCommand({ resourceArn: jobDefinitionArn, tags: { a: "b" } }));
  await client.send(new DeregisterJobDefinitionCommand({ jobDefinition: jobDefinitionArn }));
  await expect(
    client.send(new TagResourceCommand({ resourceArn: arn("job-queue/queue"), tags: { a: "b" } })),
  ).rejects.toThrow(notAllowed("batch:TagResource", arn("job-queue/queue")));
});

describe("a job's process", () => {
  const command = ['echo "$AWS_ACCESS_KEY_ID ${AWS_SESSION_TOKEN:-none}"'];
  const run = async (jobRoleArn: string) => {
    await local.register({ jobDefinitionName: "role", containerProperties: { ...roles(jobRoleArn), command } });
    return local.ended(await local.submit({ jobDefinition: "role" }));
  };

  test("has credentials of its job role, for its task", async () => {
    const job = await run(role("mine/job"));
    expect(job).toMatchObject({ status: "SUCCEEDED" });
    const [accessKeyId = "", sessionToken = ""] = local.output(job).trim().split(/\s+/).slice(-2);
    expect(iam.ownerOf(accessKeyId, sessionToken)?.principal).toMatchObject({
      arn: expect.stringMatching(/:assumed-role\/job\/[0-9a-f]{32}$/),
      roleArn: role("mine/job"),
    });
  });

  test("has the developer's when no stack has the role", async () => {
    expect(local.output(await run(role("mine/elsewhere")))).toMatch(/none\s*$/);
  });

  test("does not start with a role that does not trust ECS", async () => {
    expect(await run(role("mine/distrustful"))).toMatchObject({
      status: "FAILED",
      attempts: [{ container: { reason: expect.stringContaining("ECS was unable to assume the role") } }],
    });
  });
});
