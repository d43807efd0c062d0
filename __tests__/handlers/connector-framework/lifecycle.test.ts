import fc from "fast-check";
import { isFinal, type Job } from "../../../handlers/connector-framework/model/job.ts";
import { listedAfter } from "../../../handlers/connector-framework/orchestrator/advance.ts";
import { batchEvent, type JobRuns, startJobRuns } from "../../helpers/job-runs.ts";

let runs: JobRuns;
beforeAll(async () => {
  runs = await startJobRuns();
});
afterAll(() => runs.stop());

/** Picks one of what there is at that moment. */
const pick = fc.nat(1000);
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("start" as const), pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("stop" as const), pick }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("deliver record" as const), pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("run" as const), pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("exit" as const), pick, well: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("deliver event" as const), pick }) },
  {
    weight: 2,
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
  { weight: 1, arbitrary: fc.record({ do: fc.constant("list late" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pass time" as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

/** One history: two connectors, what became of them, and what was promised about them. */
async function startHistory() {
  const connectors = [await runs.connector(), await runs.connector()];
  const jobIds: string[] = [];
  const events: ReturnType<typeof batchEvent>[] = [];
  const ends = new Map<string, Job>();
  const batchJobs = () => jobIds.flatMap((id) => runs.batch.jobsNamed(id));
  const one = <Item>(items: readonly Item[], pick: number): Item | undefined => items[pick % items.length];

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
      case "deliver record": {
        const jobId = one(jobIds, action.pick);
        if (jobId !== undefined) await runs.deliver(jobId);
        return;
      }
      case "run": {
        const job = one(batchJobs(), action.pick);
        const startedAt = runs.clock().getTime();
        if (job?.status === "RUNNABLE") events.push(batchEvent(job.jobName, job.jobId, "RUNNING", { startedAt }));
        return;
      }
      case "exit": {
        const job = one(batchJobs(), action.pick);
        if (job?.status !== "RUNNABLE") return;
        job.status = action.well ? "SUCCEEDED" : "FAILED";
        const container = { exitCode: action.well ? 0 : 1 };
        events.push(batchEvent(job.jobName, job.jobId, job.status, { container, stoppedAt: runs.clock().getTime() }));
        return;
      }
      case "deliver event": {
        const event = one(events, action.pick);
        if (event) await runs.follow(event);
        return;
      }
      case "fault":
        runs.batch.next(action.call, action.fault);
        return;
      case "list late":
        runs.batch.setListing(false);
        return;
      case "pass time":
        // However late Batch lists a job, it is earlier than an intent counts as old.
        runs.batch.setListing(true);
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
      expect(runs.batch.jobsNamed(row.job_id).length).toBeLessThanOrEqual(1);
    }
  }

  /** Everything still on its way arrives, and every container comes to its end. */
  async function settle(): Promise<void> {
    runs.batch.heal();
    for (let round = 0; round < 3; round++) {
      runs.time.now += listedAfter * 1000;
      for (const jobId of jobIds) expect(await runs.deliver(jobId)).toEqual([]);
      for (const [pick] of batchJobs().entries()) await carryOut({ do: "exit", pick, well: pick % 2 === 0 });
      for (const event of events) await runs.follow(event);
    }
  }

  return { carryOut, check, settle, jobIds };
}

test("whatever happens together, twice or out of order: one live job a connector, ends stand, and all comes to rest", async () => {
  const history = fc.array(fc.array(action, { minLength: 1, maxLength: 3 }), { maxLength: 24 });
  await fc.assert(
    fc.asyncProperty(history, async (moments) => {
      const { carryOut, check, settle, jobIds } = await startHistory();
      for (const together of moments) {
        // Of one moment's actions none is seen before another, save the job just started.
        await Promise.all(together.map(carryOut));
        await check();
      }
      await settle();
      await check();
      for (const jobId of jobIds) {
        expect(isFinal((await runs.rowOf(jobId)).status)).toBe(true);
        expect(runs.batch.jobsNamed(jobId).filter(({ status }) => status === "RUNNABLE")).toEqual([]);
        expect(runs.batch.activeDefinitions(jobId)).toEqual([]);
      }
    }),
    { numRuns: 40 },
  );
});
