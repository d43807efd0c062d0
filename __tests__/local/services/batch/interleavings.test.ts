import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CancelJobCommand, TerminateJobCommand } from "@aws-sdk/client-batch";
import * as fc from "fast-check";
import type { BatchStateChangeEvent } from "../../../../local/services/batch/model.ts";
import { expectLegal, pathOf } from "./job-path.ts";
import { temporaryDirectory, testBatch } from "./support.ts";

const which = fc.nat({ max: 3 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("submit" as const), attempts: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("cancel" as const, "terminate" as const), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("exit" as const), which, code: fc.nat({ max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
);

test("whatever the order of submit, cancel, terminate, exit and restart, each job's events are a legal path to one end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const data = temporaryDirectory();
      const exits = temporaryDirectory();
      const events: BatchStateChangeEvent[] = [];
      const start = () =>
        testBatch({
          dataDirectory: data.path,
          keep: true,
          vcpus: 2,
          killAfterSeconds: 0.1,
          publish: async (event) => void events.push(event),
        });
      let batch = await start();
      const restart = async () => {
        await batch[Symbol.asyncDispose]();
        batch = await start();
      };
      const exit = (jobId: string, code: number) => writeFileSync(join(exits.path, jobId), String(code));
      const script = `f=${exits.path}/$AWS_BATCH_JOB_ID; while [ ! -s $f ]; do sleep 0.01; done; exit $(cat $f)`;
      const jobs: string[] = [];
      try {
        await batch.register({ containerProperties: { command: [script] } });
        for (const next of steps) {
          if (next.kind === "submit") jobs.push(await batch.submit({ retryStrategy: { attempts: next.attempts } }));
          else if (next.kind === "restart") await restart();
          else {
            const jobId = jobs[next.which];
            if (jobId === undefined) continue;
            if (next.kind === "exit") exit(jobId, next.code);
            else {
              const Command = next.kind === "cancel" ? CancelJobCommand : TerminateJobCommand;
              await batch.client.send(new Command({ jobId, reason: "told to" }));
            }
          }
        }
        for (const jobId of jobs) exit(jobId, 0);
        for (const jobId of jobs) {
          if (!pathOf(events, jobId).some((status) => status === "SUCCEEDED" || status === "FAILED")) {
            await batch.ended(jobId);
          }
        }
        await restart();
        for (const jobId of jobs) {
          const path = pathOf(events, jobId);
          expectLegal(path);
          const job = await batch.describe(jobId);
          expect(job.status).toBe(path.at(-1));
          expect(job.attempts?.length).toBeLessThanOrEqual(job.retryStrategy?.attempts ?? 0);
          expect(path.filter((status) => status === "RUNNING").length).toBeLessThanOrEqual(job.attempts?.length ?? 0);
        }
        expect(batch.log.filter((line) => line.includes("stuck"))).toEqual([]);
      } finally {
        await batch[Symbol.asyncDispose]();
        data.remove();
        exits.remove();
      }
    }),
    { numRuns: 15 },
  );
});
