import {
  DescribeJobsCommand,
  ListJobsCommand,
  type ListJobsCommandInput,
  paginateListJobs,
} from "@aws-sdk/client-batch";
import { arn, manualClock, testBatch } from "./support.ts";

async function withJobs() {
  const clock = manualClock(1_000_000);
  const batch = await testBatch({ clock });
  await batch.register({ jobDefinitionName: "jd1" });
  await batch.register({ jobDefinitionName: "jd1" });
  await batch.register({ jobDefinitionName: "jd1A" });
  for (const [jobName, jobDefinition] of [
    ["test1", "jd1:1"],
    ["Test1", "jd1:2"],
    ["Test10", "jd1A"],
  ] as const) {
    await batch.ended(await batch.submit({ jobName, jobDefinition }));
    clock.advance(1);
  }
  const names = async (input: Partial<ListJobsCommandInput>) => {
    const { jobSummaryList = [] } = await batch.client.send(new ListJobsCommand({ jobQueue: "queue", ...input }));
    return jobSummaryList.map(({ jobName }) => jobName);
  };
  return { batch, names };
}

test("ListJobs filters by name, definition and time, newest first", async () => {
  const { batch, names } = await withJobs();
  await using _ = batch;
  const by = (name: string, value: string) => names({ filters: [{ name, values: [value] }] });
  expect(await by("JOB_NAME", "test1")).toEqual(["Test1", "test1"]);
  expect(await by("JOB_NAME", "TEST1*")).toEqual(["Test10", "Test1", "test1"]);
  expect(await by("JOB_DEFINITION", "jd1")).toEqual(["Test1", "test1"]);
  expect(await by("JOB_DEFINITION", "jd1*")).toEqual(["Test10", "Test1", "test1"]);
  expect(await by("JOB_DEFINITION", "JD1")).toEqual([]);
  expect(await by("JOB_DEFINITION", arn("job-definition/jd1:2"))).toEqual(["Test1"]);
  expect(await by("JOB_DEFINITION", arn("job-definition/jd1*"))).toEqual([]);
  expect(await by("BEFORE_CREATED_AT", "1001000")).toEqual(["test1"]);
  expect(await by("AFTER_CREATED_AT", "1001000")).toEqual(["Test10"]);
});

test("ListJobs without a filter lists one status, RUNNING unless told; with a filter the status is ignored", async () => {
  const { batch, names } = await withJobs();
  await using _ = batch;
  expect(await names({})).toEqual([]);
  expect(await names({ jobStatus: "SUCCEEDED", jobQueue: arn("job-queue/queue") })).toHaveLength(3);
  const filters = [{ name: "JOB_NAME", values: ["test1"] }];
  expect(await names({ jobStatus: "FAILED", filters })).toEqual(["Test1", "test1"]);
});

test("ListJobs goes page by page", async () => {
  const { batch, names } = await withJobs();
  await using _ = batch;
  const pages: (string | undefined)[][] = [];
  const input = { jobQueue: "queue", jobStatus: "SUCCEEDED" as const };
  for await (const page of paginateListJobs({ client: batch.client, pageSize: 2 }, input)) {
    pages.push(page.jobSummaryList?.map(({ jobName }) => jobName) ?? []);
  }
  expect(pages).toEqual([["Test10", "Test1"], ["test1"]]);
  await expect(names({ nextToken: "made up" })).rejects.toThrow(/nextToken/);
});

test.each([
  ["no queue", { jobQueue: undefined }, /jobQueue/],
  ["an unknown queue", { jobQueue: "none" }, /JobQueue none not found/],
  ["two filters", { filters: Array(2).fill({ name: "JOB_NAME", values: ["a"] }) }, /only one filter/],
  ["an unknown filter", { filters: [{ name: "job_name", values: ["a"] }] }, /filters/],
  ["a time that is none", { filters: [{ name: "BEFORE_CREATED_AT", values: ["today"] }] }, /milliseconds/],
  ["an empty page", { maxResults: 0 }, /maxResults/],
])("ListJobs with %s is refused", async (_, input, message) => {
  await using batch = await testBatch();
  const refused = batch.client.send(new ListJobsCommand({ jobQueue: "queue", ...input }));
  await expect(refused).rejects.toMatchObject({ name: "ClientException" });
  await expect(refused).rejects.toThrow(message);
});

test("a summary says what a list needs, and DescribeJobs leaves out what does not exist", async () => {
  await using batch = await testBatch();
  const jobId = await batch.run("exit 3", { jobName: "three" });
  await batch.ended(jobId);
  const { jobSummaryList } = await batch.client.send(new ListJobsCommand({ jobQueue: "queue", jobStatus: "FAILED" }));
  expect(jobSummaryList).toEqual([
    {
      jobArn: arn(`job/${jobId}`),
      jobId,
      jobName: "three",
      createdAt: expect.any(Number),
      startedAt: expect.any(Number),
      stoppedAt: expect.any(Number),
      status: "FAILED",
      statusReason: "Essential container in task exited",
      jobDefinition: arn("job-definition/definition:1"),
      container: { exitCode: 3 },
    },
  ]);
  const describe = (jobs: string[]) => batch.client.send(new DescribeJobsCommand({ jobs }));
  expect((await describe(["none", jobId])).jobs?.map((job) => job.jobId)).toEqual([jobId]);
  await expect(describe(Array(101).fill(jobId))).rejects.toMatchObject({ name: "ClientException" });
});
