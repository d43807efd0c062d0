import { join } from "node:path";
import * as fc from "fast-check";
import { startStreamMapping } from "../../../../local/event-sources/dynamodb/stream-mapping.ts";
import type { Invocable, InvocationResult } from "../../../../local/functions/invocation.ts";
import { temporaryFolder } from "../../functions/bundle.ts";
import { startFakeStreams, streamArn } from "./fake-streams.ts";

interface Change {
  readonly dynamodb: { readonly SequenceNumber: string; readonly Keys: { readonly id: { readonly S: string } } };
}

const scenario = fc.record({
  /** One item's change each, in two shards. */
  changes: fc.array(
    fc.record({ shard: fc.constantFrom("shard-1", "shard-2"), item: fc.constantFrom("a", "b", "c", "d") }),
    {
      minLength: 1,
      maxLength: 40,
    },
  ),
  batchSize: fc.integer({ min: 1, max: 10 }),
  parallelizationFactor: fc.integer({ min: 1, max: 3 }),
  bisectOnError: fc.boolean(),
  maximumRetryAttempts: fc.integer({ min: 0, max: 3 }),
  /** How each run ends; afterwards all succeed. */
  runs: fc.array(fc.constantFrom("error", "refused", "partial", "wrong-response", "success", "hang"), {
    maxLength: 30,
  }),
  /** Number of runs after which the mapping is stopped and started again. */
  restarts: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }),
  faults: fc.boolean(),
});

test("whatever fails, every change succeeds or is given up, in the order of its item, and none is passed over", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (plan) => {
      await using folder = await temporaryFolder();
      await using streams = await startFakeStreams();
      for (const shard of ["shard-1", "shard-2"]) streams.addShard(shard);
      const written = plan.changes.map(({ shard, item }) => ({
        item: `${shard}/${item}`,
        number: streams.put(shard, `${shard}/${item}`),
      }));
      const itemOf = new Map(written.map(({ item, number }) => [number, item]));
      const batches = new Map<string, string[]>();
      const passedOver: string[] = [];
      const ended: string[] = [];
      const pending = [...plan.runs];
      let runs = 0;

      const fn: Invocable = {
        arn: "arn:aws:lambda:eu-west-1:000000000000:function:worker",
        timeoutSeconds: 3,
        async invoke(event): Promise<InvocationResult> {
          runs += 1;
          const requestId = `request-${runs}`;
          const numbers = (event as { Records: Change[] }).Records.map(({ dynamodb }) => dynamodb.SequenceNumber);
          batches.set(requestId, numbers);
          for (const { item, number } of written)
            if (!ended.includes(number) && !numbers.includes(number))
              for (const later of numbers)
                if (itemOf.get(later) === item && Number(later) > Number(number)) passedOver.push(number);
          const how = pending.shift() ?? "success";
          await new Promise((resolve) => setImmediate(resolve));
          if (how === "refused") throw new Error("busy");
          if (how === "hang") await new Promise((resolve) => setTimeout(resolve, 10));
          if (how === "error") return { requestId, ok: false, error: { errorType: "Error", errorMessage: "bad" } };
          if (how === "wrong-response") return { requestId, ok: true, payload: { batchItemFailures: [{}] } };
          const failing = how === "partial" ? Math.floor(numbers.length / 2) : numbers.length;
          ended.push(...numbers.slice(0, failing));
          const failures = numbers.slice(failing).map((itemIdentifier) => ({ itemIdentifier }));
          return { requestId, ok: true, payload: { batchItemFailures: failures.reverse() } };
        },
      };
      const start = () =>
        startStreamMapping({
          client: streams.client,
          streamArn,
          function: fn,
          startingPosition: "TRIM_HORIZON",
          checkpointFile: join(folder.path, "checkpoints.json"),
          batchSize: plan.batchSize,
          parallelizationFactor: plan.parallelizationFactor,
          bisectOnError: plan.bisectOnError,
          maximumRetryAttempts: plan.maximumRetryAttempts,
          reportBatchItemFailures: true,
          onFailure: async ({ requestContext, DDBStreamBatchInfo: info }) => {
            const span = (batches.get(requestContext.requestId) ?? []).filter(
              (number) =>
                Number(number) >= Number(info.startSequenceNumber) && Number(number) <= Number(info.endSequenceNumber),
            );
            if (span.length !== info.batchSize) passedOver.push(info.startSequenceNumber);
            ended.push(...span);
          },
          pollMilliseconds: 1,
          shardPollMilliseconds: 5,
          backoff: () => 0,
        });

      let mapping = await start();
      for (const count of plan.restarts) {
        const goal = runs + count;
        while (runs < goal && ended.length < written.length) await new Promise((resolve) => setTimeout(resolve, 1));
        await mapping.stop();
        streams.refuse(0);
        mapping = await start();
        if (!plan.faults) continue;
        streams.expireIterators();
        streams.refuse(2);
      }
      const open = () => written.filter(({ number }) => !ended.includes(number));
      while (open().length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
      await mapping.stop();
      expect(passedOver).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
