import type { DynamoDBRecord } from "aws-lambda";
import fc from "fast-check";
import { listedAfter } from "../../../handlers/connector-framework/batch/lag.ts";
import { isFinal, type Job } from "../../../handlers/connector-framework/model/job.ts";
import { batchEvent, type JobRuns, startJobRuns } from "../../helpers/job-runs.ts";
import { isOrchestrated, type JobStream, openJobStream } from "../../helpers/job-stream.ts";
import type { ScriptedJob } from "../../helpers/scripted-batch.ts";

let runs: JobRuns;
let stream: JobStream;
beforeAll(async () => {
  runs = await startJobRuns();
  stream = await openJobStream();
});
afterAll(async () => {
  stream.close();
  await runs.stop();
});

/** Picks one of what there is at that moment. */
const pick = fc.nat(1000);
/** Seconds the orchestrator has: too few to wait, or all of them. */
const seconds = fc.constantFrom(1, 120);
const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("start" as const), pick }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("stop" as const), pick }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("deliver record" as const), pick, seconds }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("deliver record again" as const), pick, seconds }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("run" as const), pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("exit" as const), pick, well: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("deliver event" as const), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("fault" as const),
      call: fc.constantFrom("registerjobdefinition" as const, "submitjob" as const, "terminatejob" as const),
      fault: fc.constantFrom(
        { loseAnswer: true } as const,
        { refuse: { status: 429, type: "TooManyRequestsException", message: "slow down" } },
        { refuse: { status: 500, type: "ServerException", message: "down" } },
        { refuse: { status: 400, type: "ClientException", message: "never" } },
      ),
    }),
  },
  // What leads to a second submission, and to a container for a job that has ended.
  { weight: 3, arbitrary: fc.constant({ do: "lose the answer to a submission" as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("lists lag behind" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lists catch up" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pass time" as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

/** Actions of one moment, in which none is seen before another. */
const moment = fc.array(action, { minLength: 1, maxLength: 3 });
/** A job whose submission was not answered, which chance alone seldom comes upon, and sometimes a stop of it. */
const unanswered = fc
  .record({ pick, stopped: fc.boolean() })
  .map(({ pick, stopped }): Action[][] => [
    [{ do: "start", pick }],
    [{ do: "lose the answer to a submission" }],
    [{ do: "deliver record", pick: 0, seconds: 1 }],
    [{ do: "lists lag behind" }],
    ...(stopped ? [[{ do: "stop" as const, pick: -1 }]] : []),
  ]);
const history = fc
  .array(fc.oneof({ weight: 8, arbitrary: moment.map((actions) => [actions]) }, { weight: 1, arbitrary: unanswered }), {
    maxLength: 24,
  })
  .map((parts) => parts.flat());

const isLive = ({ status, terminateReason }: ScriptedJob) => status === "RUNNABLE" && terminateReason === undefined;

/** One history: two connectors, what became of them, and what was promised about them. */
async function startHistory() {
  const connectors = [await runs.connector(), await runs.connector()];
  const jobIds: string[] = [];
  /** What passed the stream's filter and waits to be delivered, and what has been. */
  const pending: DynamoDBRecord[] = [];
  const delivered: DynamoDBRecord[] = [];
  const events: ReturnType<typeof batchEvent>[] = [];
  const ends = new Map<string, Job>();
  const batchJobs = () => jobIds.flatMap((id) => runs.batch.jobsNamed(id));
  const one = <Item>(items: readonly Item[], pick: number): Item | undefined =>
    pick < 0 ? items.at(pick) : items[pick % items.length];
  await stream.next();

  const jobOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.Keys?.job_id?.S;
  const readStream = async () => {
    for (const record of await stream.next()) if (isOrchestrated(record)) pending.push(record);
  };

  /** The oldest record of a job, as a stream delivers a job's records in their order. It stays until it is done. */
  async function deliver(pick: number, seconds: number): Promise<readonly string[]> {
    const jobId = jobOf(one(pending, pick) ?? {});
    const record = pending.find((record) => jobOf(record) === jobId);
    if (!record) return [];
    const failed = await runs.deliverRecords([record], seconds);
    const at = pending.indexOf(record);
    if (failed.length === 0 && at >= 0) delivered.push(...pending.splice(at, 1));
    return failed;
  }

  const run = ({ jobName, jobId }: ScriptedJob) =>
    events.push(batchEvent(jobName, jobId, "RUNNING", { startedAt: runs.clock().getTime() }));

  async function carryOut(action: Action): Promise<void> {
    switch (action.do) {
      case "start": {
        const connector_id = one(connectors, action.pick);
        const { status, body } = await runs.call("StartCustomConnectorJob", { connector_id });
        expect([201, 409]).toContain(status);
        if (status === 201) jobIds.push(String(Object(body.job).job_id));
        return;
      }
      case "stop": {
        const jobId = one(jobIds, action.pick);
        if (jobId === undefined) return;
        const { connector_id } = await runs.rowOf(jobId);
        expect([202, 409]).toContain(await runs.stopJob(connector_id, jobId));
        return;
      }
      case "deliver record":
        await deliver(action.pick, action.seconds);
        return;
      case "deliver record again": {
        const record = one(delivered, action.pick);
        if (record) await runs.deliverRecords([record], action.seconds);
        return;
      }
      case "run": {
        const job = one(batchJobs(), action.pick);
        if (job?.status === "RUNNABLE") run(job);
        return;
      }
      case "exit": {
        const job = one(batchJobs(), action.pick);
        if (job?.status !== "RUNNABLE") return;
        job.status = action.well && job.terminateReason === undefined ? "SUCCEEDED" : "FAILED";
        job.exitCode = job.status === "SUCCEEDED" ? 0 : 1;
        const container = { exitCode: job.exitCode };
        events.push(batchEvent(job.jobName, job.jobId, job.status, { container, stoppedAt: runs.clock().getTime() }));
        return;
      }
      case "deliver event": {
        const event = one(events, action.pick);
        // One that fails comes again: when all comes to rest, none may fail.
        if (event) await runs.follow(event).catch(() => undefined);
        return;
      }
      case "fault":
        runs.batch.next(action.call, action.fault);
        return;
      case "lose the answer to a submission":
        runs.batch.next("submitjob", { loseAnswer: true });
        return;
      case "lists lag behind":
        runs.batch.setListing(false);
        return;
      case "lists catch up":
        runs.batch.setListing(true);
        return;
      case "pass time":
        // Lists may lag behind for longer than any intent is taken for young.
        runs.time.now += listedAfter * 1000;
    }
  }

  async function check(): Promise<void> {
    const rows = await Promise.all(jobIds.map(runs.rowOf));
    for (const connectorId of connectors) {
      const live = rows.filter(({ connector_id, status }) => connector_id === connectorId && !isFinal(status));
      expect(live.length).toBeLessThanOrEqual(1);
      const { status, current_job_id } = await runs.connectorRow(connectorId);
      expect({ status, current_job_id }).toEqual(
        live[0]
          ? { status: "IN_USE", current_job_id: live[0].job_id }
          : { status: "AVAILABLE", current_job_id: undefined },
      );
    }
    for (const row of rows) {
      const { status, completed_at, failure_reason, exit_code } = ends.get(row.job_id) ?? row;
      expect(row).toMatchObject({ status, ...(isFinal(status) && { completed_at }) });
      if (isFinal(status)) expect([row.failure_reason, row.exit_code]).toEqual([failure_reason, exit_code]);
      if (isFinal(row.status)) ends.set(row.job_id, ends.get(row.job_id) ?? row);
    }
  }

  /**
   * Everything still on its way arrives, and every container that Batch has tells that it runs. Nothing fails any more;
   * but Batch's lists may lag behind to the end.
   */
  async function comeToRest({ listsCatchUp }: { readonly listsCatchUp: boolean }): Promise<void> {
    runs.batch.heal();
    runs.batch.setListing(listsCatchUp);
    for (await readStream(); pending.length > 0; await readStream()) expect(await deliver(0, 120)).toEqual([]);
    for (const job of batchJobs().filter(({ status }) => status === "RUNNABLE")) run(job);
    for (const event of events) await runs.follow(event);
  }

  /** Of Batch's containers only those run that a connector is held for, one for each. */
  async function checkContainers(): Promise<void> {
    for (const jobId of jobIds) {
      const [live, ...others] = runs.batch.jobsNamed(jobId).filter(isLive);
      expect(others).toEqual([]);
      if (!live) continue;
      const { batch_job_id, connector_id, status } = await runs.rowOf(jobId);
      expect({ batch_job_id, status }).toEqual({ batch_job_id: live.jobId, status: "RUNNING" });
      expect(await runs.connectorRow(connector_id)).toMatchObject({ status: "IN_USE", current_job_id: jobId });
    }
  }

  /** Every container comes to its end. */
  async function exitAll(): Promise<void> {
    for (const [pick] of batchJobs().entries()) await carryOut({ do: "exit", pick, well: pick % 2 === 0 });
    for (const event of events) await runs.follow(event);
  }

  return { carryOut, readStream, check, comeToRest, checkContainers, exitAll, jobIds };
}

test("whatever happens together, twice, late or out of order: one live job a connector, ends stand, and all comes to rest", async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.boolean(), async (moments, listsCatchUp) => {
      const { carryOut, readStream, check, comeToRest, checkContainers, exitAll, jobIds } = await startHistory();
      for (const together of moments) {
        await Promise.all(together.map(carryOut));
        await readStream();
        await check();
      }
      await comeToRest({ listsCatchUp });
      await check();
      await checkContainers();
      await exitAll();
      runs.batch.heal();
      await check();
      for (const jobId of jobIds) {
        expect(isFinal((await runs.rowOf(jobId)).status)).toBe(true);
        expect(runs.batch.activeDefinitions(jobId)).toEqual([]);
      }
    }),
    { numRuns: 80 },
  );
});
