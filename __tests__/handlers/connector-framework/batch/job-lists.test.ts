import { setTimeout as delay } from "node:timers/promises";
import { BatchClient, RegisterJobDefinitionCommand, SubmitJobCommand } from "@aws-sdk/client-batch";
import { jobControl } from "../../../../handlers/connector-framework/batch/job-control.ts";
import { jobLists } from "../../../../handlers/connector-framework/batch/job-lists.ts";
import { startTestBatch } from "../../../helpers/batch.ts";

const image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/waits";
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** The local stage's Batch with jobs of these names that run until they are told to end. */
async function startJobs(...names: readonly string[]) {
  Object.assign(process.env, {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  const waits = { argv: ["/bin/sh", "-c", "while true; do read line < /dev/zero; done"] } as const;
  const batch = await startTestBatch(new Map([[image, waits]]), async () => undefined);
  const client = new BatchClient({});
  stops.push(async () => client.destroy(), batch.stop);
  const { jobDefinitionArn } = await client.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: "waits",
      type: "container",
      platformCapabilities: ["FARGATE"],
      containerProperties: {
        image,
        executionRoleArn: "arn:aws:iam::000000000000:role/execution",
        resourceRequirements: [
          { type: "VCPU", value: "1" },
          { type: "MEMORY", value: "2048" },
        ],
      },
    }),
  );
  const ids: string[] = [];
  for (const jobName of names) {
    const submission = { jobName, jobQueue: batch.queue, jobDefinition: jobDefinitionArn };
    const { jobId = "" } = await client.send(new SubmitJobCommand(submission));
    ids.push(jobId);
  }
  return { ids, control: jobControl(client), lists: jobLists(client, [batch.queue]) };
}

async function namesOf(pages: AsyncIterable<readonly { readonly jobName: string }[]>): Promise<string[]> {
  const names = new Set<string>();
  for await (const page of pages) for (const { jobName } of page) names.add(jobName);
  return [...names].sort();
}

test("jobs are listed and found by their names until they have ended, and not after", async () => {
  const { ids, control, lists } = await startJobs("ccj-000000000001", "ccj-000000000002");
  expect(await namesOf(lists.live())).toEqual(["ccj-000000000001", "ccj-000000000002"]);
  expect(await lists.hasLive("ccj-000000000001")).toBe(true);
  expect(await lists.hasLive("ccj-00000000000")).toBe(false);
  await control.terminate(ids[0] ?? "", "Enough");
  while ((await control.describe(ids[0] ?? ""))?.status !== "FAILED") await delay(20);
  expect(await namesOf(lists.live())).toEqual(["ccj-000000000002"]);
  expect(await lists.hasLive("ccj-000000000001")).toBe(false);
});

test("more jobs are described than Batch takes at once; those it does not know are left out", async () => {
  const { ids, control } = await startJobs("ccj-000000000001", "ccj-000000000002");
  const [first = "", second = ""] = ids;
  const unknown = Array.from({ length: 150 }, () => "00000000-0000-4000-8000-000000000000");
  const found = await control.describeAll([first, ...unknown, second]);
  expect([...found.keys()]).toEqual([first, second]);
  expect(await control.describeAll([])).toEqual(new Map());
});
