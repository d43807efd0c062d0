import { Logger } from "@aws-lambda-powertools/logger";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { deletionKey } from "../../../../handlers/connector-framework/model/keys.ts";
import { reconciler } from "../../../../handlers/connector-framework/reconciler/handler.ts";
import {
  deletionRests,
  eventsArriveWithin,
  orchestratorActsWithin,
} from "../../../../handlers/connector-framework/reconciler/patience.ts";
import { tables } from "../../../helpers/connector-framework-tables.ts";
import { type ReconciledRuns, startReconciledRuns } from "../../../helpers/reconciler.ts";
import { lambdaContext } from "../../../helpers/rest-event.ts";

let runs: ReconciledRuns;
beforeEach(async () => {
  runs = await startReconciledRuns();
});
afterEach(() => runs.stop());

const refuse = { status: 500, type: "ServerException", message: "down" };

/** Jobs whose ends were lost. */
async function endedUnheard(number: number): Promise<readonly string[]> {
  const jobIds: string[] = [];
  for (let nth = 0; nth < number; nth++) {
    const { jobId, batchJob } = await runs.submitted();
    runs.exit(batchJob, 0);
    jobIds.push(jobId);
  }
  runs.passSeconds(eventsArriveWithin + 1);
  return jobIds;
}

/** Time for so many looks at it before it is out. */
function timeFor(looks: number): () => number {
  let left = looks;
  return () => (left-- > 0 ? 300_000 : 1_000);
}

test("a deletion that is not complete goes on, once it is old enough, and is no repair", async () => {
  const connectorId = await runs.connector();
  await runs.call("DeleteCustomConnector", { connector_id: connectorId });
  const continuedAt = async () => {
    const Key = deletionKey({ tenant: runs.tenant, connectorId });
    const { Item } = await runs.client.send(new GetCommand({ TableName: tables.connectors, Key }));
    return Item?.continued_at;
  };
  runs.passSeconds(deletionRests - 10);
  expect(await runs.repairs()).toEqual({});
  expect(await continuedAt()).toBeUndefined();
  runs.passSeconds(11);
  expect(await runs.repairs()).toEqual({});
  expect(await continuedAt()).toEqual(expect.any(String));
});

test("a run without time does nothing and says where the next begins", async () => {
  await endedUnheard(1);
  const { repairs, failures, leftOff } = await runs.reconciliation({ remainingMilliseconds: timeFor(0) });
  expect({ repairs: [...repairs], failures }).toEqual({ repairs: [], failures: 0 });
  expect(leftOff).toEqual({ part: "open jobs", from: undefined });
});

test("runs that are short of time come to the end of it together, and repair nothing twice", async () => {
  const jobIds = await endedUnheard(3);
  const made: number[] = [];
  let { repairs, leftOff } = await runs.reconciliation({ remainingMilliseconds: timeFor(4) });
  made.push(repairs.get("end-noted") ?? 0);
  while (leftOff) {
    ({ repairs, leftOff } = await runs.reconciliation({ remainingMilliseconds: timeFor(4) }, leftOff));
    made.push(repairs.get("end-noted") ?? 0);
  }
  expect(made.length).toBeGreaterThan(1);
  expect(made.reduce((sum, one) => sum + one, 0)).toBe(jobIds.length);
  for (const jobId of jobIds) expect(await runs.rowOf(jobId)).toMatchObject({ status: "SUCCEEDED" });
});

test("a run goes on behind what an earlier one looked at", async () => {
  await endedUnheard(1);
  const first = await runs.deps.openWork.jobs().next();
  const [ref] = first.value?.items ?? [];
  const { open_since = "" } = await runs.rowOf(ref?.jobId ?? "");
  const from = { open_since, custom_connector_arn_prefix: runs.tenant, job_id: ref?.jobId ?? "" };
  const position = { part: "open jobs", from } as const;
  expect((await runs.reconciliation({}, position)).repairs.size).toBe(0);
  expect((await runs.reconciliation()).repairs.size).toBe(1);
});

test("a part that was cut comes first the next time, and the others after it", async () => {
  const { connectorId, jobId } = await runs.started();
  await runs.removeRow(jobId);
  await endedUnheard(1);
  const position = { part: "held connectors", from: undefined } as const;
  const { repairs, leftOff } = await runs.reconciliation({ remainingMilliseconds: timeFor(2) }, position);
  expect([...repairs.keys()]).toEqual(["connector-freed"]);
  expect(leftOff).toEqual({ part: "open jobs", from: undefined });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
});

test("what fails is left to the next run, the rest is looked after", async () => {
  const [first, ...others] = await endedUnheard(3);
  const { find, ...rest } = runs.deps.jobs;
  const jobs = {
    ...rest,
    find: (ref: Parameters<typeof find>[0]) =>
      ref.jobId === first ? Promise.reject(new Error("unreadable")) : find(ref),
  };
  const { repairs, failures } = await runs.reconciliation({ jobs });
  // It is met twice: as a job that is open, and as one that holds a connector.
  expect({ made: repairs.get("end-noted"), failures }).toEqual({ made: others.length, failures: 2 });
  expect(await runs.repairs()).toEqual({ "end-noted": 1 });
});

test("while Batch is down connectors and deletions are looked after all the same", async () => {
  await endedUnheard(1);
  const { connectorId, jobId } = await runs.started();
  await runs.removeRow(jobId);
  runs.batch.next("describejobs", { refuse });
  const { repairs, failures } = await runs.reconciliation();
  expect({ made: [...repairs.keys()], failures }).toEqual({ made: ["connector-freed"], failures: 1 });
  expect(runs.recorded[0]?.values).toEqual({ Repairs: 1 });
  expect(await runs.connectorRow(connectorId)).toMatchObject({ status: "AVAILABLE" });
});

test("the function fails when something could not be looked after", async () => {
  const { remainingMilliseconds: _, ...deps } = runs.deps;
  const handler = reconciler(deps);
  await endedUnheard(1);
  runs.batch.next("describejobs", { refuse });
  const context = { ...lambdaContext, getRemainingTimeInMillis: () => 300_000 };
  await expect(handler({}, context)).rejects.toThrow("not everything was looked after: 1 failed");
  await handler({}, context);
  expect(runs.recorded.at(-1)).toEqual({ values: { Repairs: 1 }, dimensions: { Repair: "end-noted" } });
});

test("the function goes on where it was cut the last time", async () => {
  const { remainingMilliseconds: _, ...deps } = runs.deps;
  const handler = reconciler(deps);
  await endedUnheard(1);
  const { connectorId, jobId } = await runs.started();
  await runs.removeRow(jobId);
  const connectorStatus = async () => (await runs.connectorRow(connectorId)).status;
  // One look reads the job that has ended, one ends it.
  await handler({}, { ...lambdaContext, getRemainingTimeInMillis: timeFor(2) });
  expect(await connectorStatus()).toBe("IN_USE");
  await endedUnheard(1);
  await handler({}, { ...lambdaContext, getRemainingTimeInMillis: timeFor(2) });
  expect(await connectorStatus()).toBe("AVAILABLE");
});

test("each line about a job names it, its connector, its account and the invocation", async () => {
  const { connectorId, jobId } = await runs.started();
  runs.passSeconds(orchestratorActsWithin + 1);
  const lines: string[] = [];
  const write = jest.spyOn(process.stdout, "write").mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  const writeError = jest.spyOn(process.stderr, "write").mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  try {
    const { remainingMilliseconds: _, ...deps } = runs.deps;
    const handler = reconciler({ ...deps, logger: new Logger({ logLevel: "INFO" }) });
    await handler({}, { ...lambdaContext, getRemainingTimeInMillis: () => 300_000 });
  } finally {
    write.mockRestore();
    writeError.mockRestore();
  }
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      ...{ level: "WARN", message: "repaired", repair: "job-nudged" },
      ...{ tenant: runs.tenant, connector_id: connectorId, job_id: jobId, function_request_id: "request-1" },
    }),
  ]);
});

test("a run measures its repairs, the jobs that are open and the longest wait", async () => {
  await runs.submitted();
  await runs.started();
  runs.passSeconds(120);
  await runs.repairs();
  expect(runs.recorded).toEqual([
    { values: { Repairs: 0, OpenJobs: 2, OldestRunnableSeconds: expect.any(Number) }, dimensions: {} },
  ]);
  expect(runs.recorded[0]?.values.OldestRunnableSeconds).toBeCloseTo(120, 0);
  runs.passSeconds(orchestratorActsWithin);
  await runs.repairs();
  expect(runs.recorded.slice(1)).toEqual([
    { values: expect.objectContaining({ Repairs: 1, OpenJobs: 2 }), dimensions: {} },
    { values: { Repairs: 1 }, dimensions: { Repair: "job-nudged" } },
  ]);
});

test("a run that did not see all jobs does not tell how many there are", async () => {
  await runs.started();
  await runs.reconciliation({ remainingMilliseconds: timeFor(0) });
  expect(runs.recorded).toEqual([{ values: { Repairs: 0 }, dimensions: {} }]);
});
