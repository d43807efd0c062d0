import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AsyncFailureRecord } from "../../../local/functions/async-destination.ts";
import { type AsyncTarget, startAsyncInvoker } from "../../../local/functions/async-invoker.ts";
import type { Invocable, InvocationResult } from "../../../local/functions/invocation.ts";
import { LambdaServiceError } from "../../../local/functions/service-error.ts";
import { temporaryFolder } from "./bundle.ts";
import { virtualClock } from "./virtual-clock.ts";

const arn = "arn:aws:lambda:eu-west-1:000000000000:function:worker";
const failure = {
  requestId: "r",
  ok: false,
  error: { errorType: "TypeError", errorMessage: "bad", stackTrace: ["TypeError: bad"] },
} as const;
const success = { requestId: "r", ok: true, payload: null } as const;

/** A function whose runs end as the list says, then in success. */
function scripted(...outcomes: (InvocationResult | Error)[]) {
  const events: unknown[] = [];
  const fn: Invocable = {
    arn,
    timeoutSeconds: 3,
    async invoke(event) {
      events.push(event);
      const outcome = outcomes.shift() ?? success;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };
  return { fn, events };
}

async function journalIsEmpty(directory: string): Promise<void> {
  while ((await readdir(directory)).length > 0) await new Promise((resolve) => setImmediate(resolve));
}

async function run(
  target: (fn: Invocable) => AsyncTarget,
  outcomes: (InvocationResult | Error)[],
  event: unknown = { n: 1 },
) {
  await using folder = await temporaryFolder();
  const clock = virtualClock();
  const { fn, events } = scripted(...outcomes);
  const invoker = await startAsyncInvoker({ directory: folder.path, targets: { worker: target(fn) }, clock });
  const requestId = await invoker.enqueue("worker", event);
  await journalIsEmpty(folder.path);
  await invoker.stop();
  return { clock, events, requestId };
}

test("an event that succeeds runs once and leaves nothing behind", async () => {
  const { events, clock } = await run((fn) => ({ function: fn }), []);
  expect(events).toEqual([{ n: 1 }]);
  expect(clock.sleeps).toEqual([]);
});

test("an error is retried after one minute and again after two; a third gives the destination Lambda's record", async () => {
  const records: AsyncFailureRecord[] = [];
  const { events, clock, requestId } = await run(
    (fn) => ({ function: fn, onFailure: async (record) => void records.push(record) }),
    [failure, failure, failure],
  );
  expect(events).toHaveLength(3);
  expect(clock.sleeps).toEqual([60_000, 120_000]);
  expect(records).toEqual([
    {
      version: "1.0",
      timestamp: "2026-11-21T12:03:00.000Z",
      requestContext: {
        requestId,
        functionArn: `${arn}:$LATEST`,
        condition: "RetriesExhausted",
        approximateInvokeCount: 3,
      },
      requestPayload: { n: 1 },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: { errorType: "TypeError", errorMessage: "bad", trace: ["TypeError: bad"] },
    },
  ]);
});

test.each([0, 1, 2])("with %i retry attempts it runs that many times more", async (maximumRetryAttempts) => {
  const { events } = await run((fn) => ({ function: fn, maximumRetryAttempts }), [failure, failure, failure, failure]);
  expect(events).toHaveLength(maximumRetryAttempts + 1);
});

test("an event that gets too old is given up without another run", async () => {
  const records: AsyncFailureRecord[] = [];
  const { events } = await run(
    (fn) => ({ function: fn, maximumEventAgeSeconds: 60, onFailure: async (record) => void records.push(record) }),
    [failure, failure],
  );
  expect(events).toHaveLength(2);
  expect(records.map((record) => record.requestContext)).toEqual([
    expect.objectContaining({ condition: "EventAgeExceeded", approximateInvokeCount: 2 }),
  ]);
});

test("an event that never ran has no response in its record", async () => {
  const records: AsyncFailureRecord[] = [];
  const down = new LambdaServiceError("ServiceException", "down");
  const { events } = await run(
    (fn) => ({ function: fn, maximumEventAgeSeconds: 60, onFailure: async (record) => void records.push(record) }),
    Array.from({ length: 20 }, () => down),
  );
  expect(events.length).toBeGreaterThan(3);
  expect(records[0]).not.toHaveProperty("responseContext");
  expect(records[0]).not.toHaveProperty("responsePayload");
  expect(records[0]?.requestContext).toMatchObject({ condition: "EventAgeExceeded", approximateInvokeCount: 0 });
});

test("errors of the service cost no attempt and are retried with growing waits", async () => {
  const down = new LambdaServiceError("ServiceException", "down");
  const { events, clock } = await run((fn) => ({ function: fn, maximumRetryAttempts: 0 }), [down, down, down]);
  expect(events).toHaveLength(4);
  expect(clock.sleeps).toEqual([1_000, 2_000, 4_000]);
});

test("the destination is asked until it takes the record, and the function is not run again meanwhile", async () => {
  let asked = 0;
  const { events } = await run(
    (fn) => ({
      function: fn,
      maximumRetryAttempts: 0,
      onFailure: async () => {
        asked += 1;
        if (asked < 3) throw new Error("no queue");
      },
    }),
    [failure],
  );
  expect(events).toHaveLength(1);
  expect(asked).toBe(3);
});

test("a retry that waits, and a record still owed, are taken up after a restart with their counts", async () => {
  await using folder = await temporaryFolder();
  const clock = { ...virtualClock(), sleep: (_ms: number, signal?: AbortSignal) => aborted(signal) };
  const owed = scripted(failure);
  const waiting = scripted(failure);
  const targets = (refuse: boolean, records: AsyncFailureRecord[]) => ({
    owed: {
      function: owed.fn,
      maximumRetryAttempts: 0,
      onFailure: async (record: AsyncFailureRecord) => {
        if (refuse) throw new Error("no queue");
        records.push(record);
      },
    },
    waiting: { function: waiting.fn },
  });
  const first = await startAsyncInvoker({ directory: folder.path, targets: targets(true, []), clock });
  await first.enqueue("owed", 1);
  await first.enqueue("waiting", 2);
  const failuresOnDisk = async () => {
    const files = (await readdir(folder.path)).filter((name) => name.endsWith(".json"));
    const texts = await Promise.all(files.map((name) => readFile(join(folder.path, name), "utf8").catch(() => "{}")));
    return texts.filter((text) => JSON.parse(text).failures === 1).length;
  };
  while ((await failuresOnDisk()) < 2) await new Promise((resolve) => setImmediate(resolve));
  await first.stop();
  const records: AsyncFailureRecord[] = [];
  const later = virtualClock();
  const second = await startAsyncInvoker({ directory: folder.path, targets: targets(false, records), clock: later });
  await journalIsEmpty(folder.path);
  await second.stop();
  expect(owed.events).toEqual([1]);
  expect(records).toHaveLength(1);
  expect(waiting.events).toEqual([2, 2]);
  expect(later.sleeps).toEqual([60_000]);
});

function aborted(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => resolve());
  });
}

test("events confirmed before a kill -9 are delivered after the restart", async () => {
  await using folder = await temporaryFolder();
  const module = join(import.meta.dirname, "../../../local/functions/async-invoker.ts");
  const script = `import { startAsyncInvoker } from ${JSON.stringify(module)};
    const worker = { arn: "a", timeoutSeconds: 3, invoke: () => new Promise(() => setInterval(() => {}, 1e6)) };
    const invoker = await startAsyncInvoker({ directory: ${JSON.stringify(folder.path)}, targets: { worker: { function: worker } } });
    for (let n = 0; n < 20; n += 1) console.log(await invoker.enqueue("worker", { n }));
    console.log("done");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  for await (const chunk of child.stdout) {
    output += chunk;
    if (output.includes("done")) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  expect(child.signalCode).toBe("SIGKILL");
  await writeFile(join(folder.path, "cut-off.json.tmp"), "{");
  const { fn, events } = scripted();
  const invoker = await startAsyncInvoker({ directory: folder.path, targets: { worker: { function: fn } } });
  await journalIsEmpty(folder.path);
  await invoker.stop();
  expect(events.map((event) => (event as { n: number }).n).sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
});

test("what cannot be enqueued is refused", async () => {
  await using folder = await temporaryFolder();
  const { fn } = scripted();
  const options = { directory: folder.path, targets: { worker: { function: fn } } };
  const invoker = await startAsyncInvoker(options);
  await expect(invoker.enqueue("other", {})).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  await expect(invoker.enqueue("worker", "x".repeat(1_048_576))).rejects.toMatchObject({
    code: "RequestEntityTooLargeException",
  });
  await invoker.stop();
  await expect(invoker.enqueue("worker", {})).rejects.toMatchObject({ code: "ServiceException" });
  for (const settings of [{ maximumRetryAttempts: 3 }, { maximumEventAgeSeconds: 59 }])
    await expect(
      startAsyncInvoker({ ...options, targets: { worker: { function: fn, ...settings } } }),
    ).rejects.toMatchObject({ code: "InvalidParameterValueException" });
});

test("a file that is no journal entry is named", async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "broken.json"), "{}");
  await expect(startAsyncInvoker({ directory: folder.path, targets: {} })).rejects.toThrow(/broken\.json/);
});
