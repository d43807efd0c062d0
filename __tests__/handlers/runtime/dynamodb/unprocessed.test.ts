import { untilAllProcessed } from "../../../../handlers/runtime/dynamodb/unprocessed.ts";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

type Requests = Record<string, readonly number[]>;

test("a table that stays busy is given up on after ten seconds at most, as unavailable", async () => {
  const started = performance.now();
  const sent: number[] = [];
  const busy = untilAllProcessed<Requests>({ table: [1, 2] }, async (requests) => {
    sent.push(performance.now() - started);
    return requests;
  }).catch((error: unknown) => error);
  await jest.advanceTimersByTimeAsync(15_000);
  expect(await busy).toMatchObject({ code: "Unavailable" });
  expect(sent.length).toBeGreaterThan(4);
  expect(sent.at(-1)).toBeLessThanOrEqual(10_000);
  const waits = sent.slice(1).map((time, index) => time - (sent[index] ?? 0));
  for (const [index, wait] of waits.slice(0, 5).entries()) {
    expect(wait).toBeGreaterThanOrEqual(50 * 2 ** index - 1);
    expect(wait).toBeLessThanOrEqual(100 * 2 ** index + 1);
  }
});

test("only what is left is sent again, and an empty rest is the end", async () => {
  const sent: Requests[] = [];
  const done = untilAllProcessed<Requests>({ table: [1, 2, 3] }, async (requests) => {
    sent.push(requests);
    const left = requests.table?.slice(1) ?? [];
    return left.length > 0 ? { table: left } : {};
  });
  await jest.advanceTimersByTimeAsync(1_000);
  await done;
  expect(sent).toEqual([{ table: [1, 2, 3] }, { table: [2, 3] }, { table: [3] }]);
});

test("an error of the table's is not tried again", async () => {
  let calls = 0;
  const failed = untilAllProcessed<Requests>({ table: [1] }, async () => {
    calls++;
    throw new Error("broken");
  });
  await expect(failed).rejects.toThrow("broken");
  expect(calls).toBe(1);
});
