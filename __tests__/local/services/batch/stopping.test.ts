import { CancelJobCommand, TerminateJobCommand } from "@aws-sdk/client-batch";
import { processIdentity } from "../../../../local/processes/process-identity.ts";
import { manualClock, type TestBatch, temporaryDirectory, testBatch, until } from "./support.ts";

const cancel = (batch: TestBatch, jobId: string) =>
  batch.client.send(new CancelJobCommand({ jobId, reason: "not needed" }));
const terminate = (batch: TestBatch, jobId: string) =>
  batch.client.send(new TerminateJobCommand({ jobId, reason: "user asked" }));

const forever = "echo ready; while :; do sleep 0.02; done";

/** A job that waits because another has all vCPUs. */
async function runnableJob(batch: TestBatch): Promise<string> {
  const blocker = await batch.run(forever);
  await batch.when(blocker, "RUNNING");
  return batch.run("exit 0", { retryStrategy: { attempts: 3 } });
}

/** A server whose images are never found: jobs stay STARTING. */
const slowPull = () => testBatch({ images: () => new Promise(() => undefined) });

test("cancelling a RUNNABLE job fails it with the reason, without an attempt", async () => {
  await using batch = await testBatch({ vcpus: 1 });
  const jobId = await runnableJob(batch);
  await cancel(batch, jobId);
  const job = await batch.ended(jobId);
  expect(job).toMatchObject({ status: "FAILED", statusReason: "not needed", attempts: [], isCancelled: true });
  expect(batch.statuses(jobId)).toEqual(["RUNNABLE", "FAILED"]);
});

test("terminating a RUNNABLE job fails it with the reason, and jobs behind it move up", async () => {
  await using batch = await testBatch({ vcpus: 1 });
  const blocker = await batch.run(forever);
  const large = await batch.submit({
    containerOverrides: {
      resourceRequirements: [
        { type: "VCPU", value: "2" },
        { type: "MEMORY", value: "4096" },
      ],
    },
  });
  const behind = await batch.run("exit 0");
  await batch.when(blocker, "RUNNING");
  await terminate(batch, blocker);
  await batch.ended(blocker);
  expect(batch.statuses(behind)).toEqual(["RUNNABLE"]);
  await terminate(batch, large);
  expect(await batch.ended(large)).toMatchObject({ statusReason: "user asked", attempts: [], isTerminated: true });
  expect((await batch.ended(behind)).status).toBe("SUCCEEDED");
});

test("cancelling a STARTING or RUNNING job is answered, and changes nothing", async () => {
  await using slow = await slowPull();
  const starting = await slow.run("exit 0");
  await slow.when(starting, "STARTING");
  await cancel(slow, starting);
  expect(await slow.describe(starting)).toMatchObject({ status: "STARTING" });

  await using batch = await testBatch();
  const running = await batch.run(forever);
  await batch.when(running, "RUNNING");
  await cancel(batch, running);
  const job = await batch.describe(running);
  expect(job.status).toBe("RUNNING");
  expect(job).not.toHaveProperty("isCancelled");
});

test("terminating a STARTING job fails it at once", async () => {
  await using batch = await slowPull();
  const jobId = await batch.run("exit 0", { retryStrategy: { attempts: 2 } });
  await batch.when(jobId, "STARTING");
  await terminate(batch, jobId);
  expect(await batch.ended(jobId)).toMatchObject({ status: "FAILED", statusReason: "user asked", attempts: [] });
  expect(batch.statuses(jobId)).toEqual(["RUNNABLE", "STARTING", "FAILED"]);
});

test("a job terminated while its image is looked up never runs, though the image is found", async () => {
  let found = (_: { argv: readonly [string, ...string[]] }): void => undefined;
  const lookup = () => new Promise<{ argv: readonly [string, ...string[]] }>((resolve) => (found = resolve));
  await using batch = await testBatch({ images: lookup });
  const jobId = await batch.run("exit 0");
  await batch.when(jobId, "STARTING");
  await terminate(batch, jobId);
  await batch.ended(jobId);
  found({ argv: ["/bin/sh", "-c"] });
  const later = await batch.run("exit 0");
  await batch.when(later, "STARTING");
  found({ argv: ["/bin/sh", "-c"] });
  await batch.ended(later);
  expect(batch.statuses(jobId)).toEqual(["RUNNABLE", "STARTING", "FAILED"]);
  expect(batch.log).toEqual([]);
});

test("terminating a RUNNING job reaches its children, and is not retried", async () => {
  await using batch = await testBatch();
  const jobId = await batch.run("sleep 300 & echo $!; wait", { retryStrategy: { attempts: 3 } });
  const running = await batch.when(jobId, "RUNNING");
  await until(() => /Z \d+\n/.test(batch.output(running)));
  const child = Number(batch.output(running).trim().split(" ").at(-1));
  await terminate(batch, jobId);
  const job = await batch.ended(jobId);
  expect(job).toMatchObject({ status: "FAILED", statusReason: "user asked", isTerminated: true });
  expect(job.container?.exitCode).toBe(143);
  expect(job.attempts).toMatchObject([{ statusReason: "user asked", container: { exitCode: 143 } }]);
  await until(() => processIdentity(child) === undefined);
});

test("a terminated job that ends well is FAILED all the same", async () => {
  await using batch = await testBatch();
  const jobId = await batch.run(`trap 'exit 0' TERM; ${forever}`);
  const running = await batch.when(jobId, "RUNNING");
  await until(() => batch.output(running).includes("ready"));
  await terminate(batch, jobId);
  expect(await batch.ended(jobId)).toMatchObject({ status: "FAILED", container: { exitCode: 0 } });
});

test("a job that ignores SIGTERM is killed after the grace time", async () => {
  const clock = manualClock();
  await using batch = await testBatch({ clock, killAfterSeconds: 30 });
  const jobId = await batch.run(`trap 'echo no' TERM; ${forever}`);
  const running = await batch.when(jobId, "RUNNING");
  await until(() => batch.output(running).includes("ready"));
  await terminate(batch, jobId);
  await until(() => batch.output(running).includes("no"));
  expect((await batch.describe(jobId)).status).toBe("RUNNING");
  clock.advance(30);
  expect(await batch.ended(jobId)).toMatchObject({ statusReason: "user asked", container: { exitCode: 137 } });
});

test("cancelling and terminating an ended job is answered, and changes nothing", async () => {
  await using batch = await testBatch();
  const jobId = await batch.run("exit 0");
  const job = await batch.ended(jobId);
  await cancel(batch, jobId);
  await terminate(batch, jobId);
  expect(await batch.describe(jobId)).toEqual(job);
});

test("a job that does not exist, and a reason that is missing or too long, are refused", async () => {
  await using batch = await testBatch();
  await expect(cancel(batch, "none")).rejects.toMatchObject({ name: "ClientException" });
  await expect(terminate(batch, "none")).rejects.toMatchObject({ name: "ClientException" });
  const jobId = await batch.run("exit 0");
  for (const reason of ["", "x".repeat(1025)]) {
    const send = batch.client.send(new TerminateJobCommand({ jobId, reason }));
    await expect(send).rejects.toMatchObject({ name: "ClientException", message: expect.stringContaining("reason") });
  }
});

test("stopping the server ends the processes of its jobs", async () => {
  const batch = await testBatch({ killAfterSeconds: 0.1 });
  const job = await batch.when(await batch.run(`trap '' TERM; echo $$; ${forever}`), "RUNNING");
  await until(() => batch.output(job).includes("ready"));
  const pid = Number(/Z (\d+)\n/.exec(batch.output(job))?.[1]);
  expect(processIdentity(pid)).toBeDefined();
  await batch[Symbol.asyncDispose]();
  expect(processIdentity(pid)).toBeUndefined();
});

test("held jobs wait, RUNNABLE, those of an earlier host too, until they are told to begin", async () => {
  const directory = temporaryDirectory();
  const first = await testBatch({ dataDirectory: directory.path, keep: true, held: true });
  const left = await first.run("exit 0");
  await first[Symbol.asyncDispose]();
  await using batch = await testBatch({ dataDirectory: directory.path, held: true });
  const later = await batch.run("exit 0");
  expect([(await batch.describe(left)).status, (await batch.describe(later)).status]).toEqual(["RUNNABLE", "RUNNABLE"]);
  batch.batch.begin();
  expect((await batch.ended(left)).status).toBe("SUCCEEDED");
  expect((await batch.ended(later)).status).toBe("SUCCEEDED");
});

test("while the jobs end the API still answers, and what it is told then counts at the next start", async () => {
  const directory = temporaryDirectory();
  const first = await testBatch({ dataDirectory: directory.path, keep: true });
  const running = await first.run(forever, { retryStrategy: { attempts: 3 } });
  await first.when(running, "RUNNING");
  await first.batch.endJobs();
  const submitted = await first.run("exit 0");
  await terminate(first, running);
  expect((await first.describe(submitted)).status).toBe("RUNNABLE");
  await first[Symbol.asyncDispose]();
  await using second = await testBatch({ dataDirectory: directory.path });
  expect(await second.ended(running)).toMatchObject({ status: "FAILED", statusReason: "user asked" });
  expect((await second.ended(submitted)).status).toBe("SUCCEEDED");
});
