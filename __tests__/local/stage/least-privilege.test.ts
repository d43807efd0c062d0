import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type StageProcess, startStageProcess, temporaryDirectory } from "../../helpers/stage-process.ts";
import {
  openScenario,
  reconcile,
  runJobs,
  runSampleConnector,
  type Scenario,
  scenarioImages,
  startOnSchedule,
  useRecords,
  useSchedules,
} from "../../helpers/stage-scenario.ts";

const directory = temporaryDirectory();
const images = scenarioImages(directory.path);
const dataDirectory = join(directory.path, "data");
const recordsFile = join(directory.path, "records");
let stage: StageProcess;
let scenario: Scenario;

beforeAll(async () => {
  appendFileSync(recordsFile, "");
  stage = await startStageProcess({
    dataDirectory,
    program: "__tests__/helpers/recording-stage.ts",
    args: [images.ending, images.failing, images.sleeper, images.stubborn].flatMap(({ args }) => args),
    environment: { RECORDS: recordsFile },
  });
  scenario = await openScenario(stage, images);
  await Promise.all(
    [useRecords, runJobs, runSampleConnector, useSchedules, startOnSchedule, reconcile].map((part) => part(scenario)),
  );
}, 300_000);

afterAll(async () => {
  scenario?.close();
  await stage?.end("SIGTERM");
  directory.remove();
});

const record = z.object({
  role: z.string(),
  action: z.string(),
  resource: z.string(),
  allowedBy: z.object({ policy: z.string(), statement: z.int() }).optional(),
});
const records = () =>
  readFileSync(recordsFile, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => record.parse(JSON.parse(line)));

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const policyText = z
  .string()
  .transform((text) => JSON.parse(text))
  .pipe(z.object({ Statement: z.array(z.object({ Effect: z.literal("Allow"), Action: oneOrMore })) }));
const stackFile = z.object({
  resource: z.object({
    aws_iam_role: z.record(z.string(), z.object({ name: z.string() })),
    aws_iam_role_policy: z.record(z.string(), z.object({ name: z.string(), role: z.string(), policy: policyText })),
  }),
});

interface Grant {
  readonly role: string;
  readonly policy: string;
  readonly statement: number;
  readonly action: string;
}

/** A grant in one line, without what its names have in common, and without the hash of what was granted together. */
const text = ({ role, policy, statement, action }: Grant) =>
  `${role.replace("armature-local-connector-framework-", "")}: ${policy.replace(/-[0-9a-f]{8}$/, "")} ${statement}: ${action}`;

/** What every role was granted, as it was synthesized. */
function granted(): string[] {
  const file = join(dataDirectory, "cdktf.out", "stacks", "local-connector-framework", "cdk.tf.json");
  const { resource } = stackFile.parse(JSON.parse(readFileSync(file, "utf8")));
  return Object.values(resource.aws_iam_role_policy).flatMap(
    ({ name: policy, role: reference, policy: { Statement } }) => {
      const id = /^\$\{aws_iam_role\.(\w+)\.name\}$/.exec(reference)?.[1] ?? "";
      const role = resource.aws_iam_role[id]?.name ?? reference;
      return Statement.flatMap(({ Action }, statement) =>
        Action.map((action) => text({ role, policy, statement, action })),
      );
    },
  );
}

const used = (): ReadonlySet<string> =>
  new Set(
    records().flatMap(({ role, action, allowedBy }) => (allowedBy ? [text({ role, action, ...allowedBy })] : [])),
  );

const noImages = "no image is pulled here, and no log driver writes: jobs are local processes";
const onlyCreated =
  "the stack's connector is only created here; it is changed, has schedules and is removed beside a running job in the registrar's own tests";
const lambdaItself = "AWS's example for functions that read streams has it; what reads them here does not list them";

/** What is granted and not asked for here, and why it is granted all the same. */
const exceptions: Readonly<Record<string, string>> = {
  "deletion-function-role: consume-connectors 1: dynamodb:ListStreams": lambdaItself,
  "orchestrator-role: consume-jobs 1: dynamodb:ListStreams": lambdaItself,
  ...Object.fromEntries(
    [
      ...["CreateSchedule", "DeleteSchedule", "GetSchedule", "UpdateSchedule"].map(
        (action) => `manage-schedules 0: scheduler:${action}`,
      ),
      "manage-schedules 1: iam:PassRole",
      "use-connectors 0: dynamodb:DeleteItem",
      "use-jobs 0: dynamodb:GetItem",
      "use-jobs 0: dynamodb:UpdateItem",
    ].map((grant) => [`registrar-function-role: ${grant}`, onlyCreated]),
  ),
  ...Object.fromEntries(
    [
      ...["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"].map(
        (action) => `pull-from-sample-connector-images 0: ecr:${action}`,
      ),
      "pull-from-sample-connector-images 1: ecr:GetAuthorizationToken",
      "write-to-job-queue-logs 0: logs:CreateLogStream",
      "write-to-job-queue-logs 0: logs:PutLogEvents",
    ].map((grant) => [`sample-connector-exe-f0691fa0: ${grant}`, noImages]),
  ),
  "deletion-function-role: use-connectors 0: dynamodb:UpdateItem":
    "only when one invocation is not long enough for all that a connector left behind",
  "reconciliation-recon-0b6bc471: retire-definitions-of-job-queue 1: batch:DeregisterJobDefinition":
    "for an end that nothing else has noted: what ends here was noted, and its definition retired, before",
  "reconciliation-recon-0b6bc471: query-by-job-id-of-jobs 0: dynamodb:Query":
    "for a container that is nobody's, which is told by its age of five minutes",
  "reconciliation-recon-0b6bc471: terminate-in-job-queue 0: batch:TerminateJob":
    "for such a container, and for a job that waits or runs for longer than it may",
  "reconciliation-schedule-role: send-to-reconciliation-schedule-dead-letters 0: sqs:SendMessage":
    "only when Lambda takes no event for as long as Scheduler tries",
  "schedules-role: send-to-schedules-undelivered 0: sqs:SendMessage":
    "only when Lambda takes no event for as long as Scheduler tries",
};

test("nothing that a role asked for was denied it", () => {
  expect(records().filter(({ allowedBy }) => allowedBy === undefined)).toEqual([]);
});

test("every action that a role is granted is asked for, but for those with a reason", () => {
  const [all, asked] = [granted(), used()];
  expect(all.length).toBeGreaterThan(0);
  expect(all.filter((grant) => !asked.has(grant) && !Object.hasOwn(exceptions, grant))).toEqual([]);
  expect(Object.keys(exceptions).filter((exception) => !all.includes(exception))).toEqual([]);
});
