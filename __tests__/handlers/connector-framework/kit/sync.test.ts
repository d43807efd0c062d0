import fc from "fast-check";
import { checksumOf } from "../../../../handlers/connector-framework/kit/checksum.ts";
import { type CheckpointData, connectorState } from "../../../../handlers/connector-framework/kit/connector-state.ts";
import { uncertain } from "../../../../handlers/connector-framework/kit/delivery.ts";
import type { SourceDocument } from "../../../../handlers/connector-framework/kit/document.ts";
import type { Failure, Sink } from "../../../../handlers/connector-framework/kit/sink.ts";
import type { Change, Source } from "../../../../handlers/connector-framework/kit/source.ts";
import { type SyncOptions, sync } from "../../../../handlers/connector-framework/kit/sync.ts";
import { silent } from "../../../helpers/connector-framework.ts";
import { type ConnectorFrameworkServer, serveConnectorFramework } from "../../../helpers/connector-framework-server.ts";

let framework: ConnectorFrameworkServer;
beforeAll(async () => {
  framework = await serveConnectorFramework();
});
afterEach(() => {
  framework.faults.before = () => undefined;
  framework.served.length = 0;
});
afterAll(() => framework.stop());

/** A target in memory, which keeps the texts it is given. */
function target(behaviour: Partial<Sink> = {}) {
  const documents = new Map<string, string>();
  const calls: string[] = [];
  const sink: Sink = {
    async begin() {
      calls.push("begin");
    },
    async put(batch) {
      calls.push(`put ${batch.map(({ id }) => id).join()}`);
      for (const { id, contents } of batch) documents.set(id, Buffer.from(contents).toString());
      return [];
    },
    async delete(ids) {
      calls.push(`delete ${ids.join()}`);
      for (const id of ids) documents.delete(id);
      return [];
    },
    async finish() {
      calls.push("finish");
    },
    ...behaviour,
  };
  return { documents, calls, sink };
}

const text = (id: string, contents: string): SourceDocument => ({ id, read: async () => Buffer.from(contents) });

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

const everything = (documents: Readonly<Record<string, string>>): Source<never> => ({
  names: "everything",
  documents: each(Object.entries(documents).map(([id, contents]) => text(id, contents))),
});
const changes = (...happened: readonly Change<CheckpointData>[]): Source<CheckpointData> => ({
  names: "changes",
  changes: each(happened),
});

/** A connector of its own, and what the framework keeps for it. */
async function connector() {
  const connectorId = await framework.connector();
  const state = connectorState(framework.apiClient, connectorId);
  const run = <C extends CheckpointData>(
    source: Source<C>,
    sink: Sink,
    options: Partial<Pick<SyncOptions<C>, "signal" | "concurrency">> = {},
  ) => sync({ source, sink, state, logger: silent, signal: new AbortController().signal, ...options });
  const recorded = async () => [...(await state.checksums()).keys()];
  const done = async () =>
    [...(await state.checksums())].filter(([, checksum]) => checksum !== uncertain).map(([id]) => id);
  return { state, run, recorded, done };
}

const callsOf = (operation: string) => framework.served.filter((call) => call.operation === operation);

describe("a source that names everything", () => {
  test("is taken whole at first, then what is new, what was edited and what has gone", async () => {
    const { run, recorded, state } = await connector();
    const { sink, documents } = target();
    expect(await run(everything({ a: "1", b: "1", c: "1" }), sink)).toEqual({
      uploaded: 3,
      removed: 0,
      unchanged: 0,
      failed: 0,
    });
    expect((await state.checksums()).get("a")).toBe(checksumOf("a", {}, Buffer.from("1")));
    const second = await run(everything({ d: "1", c: "2", a: "1" }), sink);
    expect(second).toEqual({ uploaded: 2, removed: 1, unchanged: 1, failed: 0 });
    expect(Object.fromEntries(documents)).toEqual({ a: "1", c: "2", d: "1" });
    expect(await recorded()).toEqual(["a", "c", "d"]);
  });

  test("finds nothing to do in a second run, and the target hears of no document", async () => {
    const { run } = await connector();
    const { sink, calls } = target();
    await run(everything({ a: "1" }), sink);
    calls.length = 0;
    expect(await run(everything({ a: "1" }), sink)).toMatchObject({ uploaded: 0, unchanged: 1 });
    expect(calls).toEqual(["begin", "finish"]);
  });

  test("that fails in the middle takes nothing away: what it did not come to may be there", async () => {
    const { run, recorded } = await connector();
    const { sink, documents, calls } = target();
    await run(everything({ a: "1", b: "1" }), sink);
    async function* broken() {
      for (const id of ["c", "d", "e", "f", "g"]) yield text(id, "1");
      throw new Error("the source is gone");
    }
    const running = run({ names: "everything", documents: broken() }, { ...sink, limits: { putDocuments: 1 } });
    await expect(running).rejects.toThrow("the source is gone");
    expect(await recorded()).toEqual([...documents.keys()]);
    expect(documents.has("b")).toBe(true);
    expect(calls.at(-1)).toBe("finish");
  });

  test("may name a document twice: what it says last counts", async () => {
    const { run, state } = await connector();
    const { sink, documents } = target();
    const listed = each([text("a", "1"), text("a", "2"), text("a", "2")]);
    expect(await run({ names: "everything", documents: listed }, sink)).toMatchObject({ uploaded: 2, unchanged: 1 });
    expect(documents.get("a")).toBe("2");
    expect((await state.checksums()).get("a")).toBe(checksumOf("a", {}, Buffer.from("2")));
  });
});

describe("a document that fails", () => {
  test("is not recorded as done, the others are, and the next run tries it again", async () => {
    const { run, done } = await connector();
    const { sink, documents } = target();
    const picky: Sink = {
      ...sink,
      async put(batch) {
        const failures: Failure[] = batch.filter(({ id }) => id === "b").map(({ id }) => ({ id, reason: "too odd" }));
        await sink.put(batch.filter(({ id }) => id !== "b"));
        return failures;
      },
    };
    const source = { a: "1", b: "1", c: "1" };
    expect(await run(everything(source), picky)).toMatchObject({ uploaded: 2, failed: 1 });
    expect(await done()).toEqual(["a", "c"]);
    expect(await run(everything(source), sink)).toMatchObject({ uploaded: 1, unchanged: 2, failed: 0 });
    expect([...documents.keys()].sort()).toEqual(["a", "b", "c"]);
  });

  test("to be read is kept in the target as it was", async () => {
    const { run, recorded } = await connector();
    const { sink, documents } = target();
    await run(everything({ a: "1", b: "1" }), sink);
    const unreadable = { id: "a", read: () => Promise.reject(new Error("no permission")) };
    const listed = each([unreadable, text("b", "1")]);
    expect(await run({ names: "everything", documents: listed }, sink)).toEqual({
      uploaded: 0,
      removed: 0,
      unchanged: 1,
      failed: 1,
    });
    expect(await recorded()).toEqual(["a", "b"]);
    expect(documents.get("a")).toBe("1");
  });

  test.each([
    ["no id", ""],
    ["an id that is too long", "a".repeat(513)],
    ["an id of too many bytes", "€".repeat(400)],
    ["an id that is no Unicode", "a\ud800"],
  ])("because it has %s stops nobody else", async (_, id) => {
    const { run, recorded } = await connector();
    expect(await run(everything({ [id]: "1", b: "1" }), target().sink)).toMatchObject({ uploaded: 1, failed: 1 });
    expect(await recorded()).toEqual(["b"]);
  });

  test("to be let go stays recorded", async () => {
    const { run, recorded } = await connector();
    const { sink } = target();
    await run(everything({ a: "1", b: "1" }), sink);
    const clinging: Sink = { ...sink, delete: async (ids) => ids.map((id) => ({ id, reason: "in use" })) };
    expect(await run(everything({ b: "1" }), clinging)).toMatchObject({ removed: 0, failed: 1 });
    expect(await recorded()).toEqual(["a", "b"]);
    expect(await run(everything({ b: "1" }), sink)).toMatchObject({ removed: 1, failed: 0 });
  });
});

describe("a target", () => {
  test("whose call fails has that batch tried by the next run; the batches beside it are done", async () => {
    const { run, done } = await connector();
    const { sink } = target();
    let calls = 0;
    const shaky: Sink = {
      ...sink,
      limits: { putDocuments: 1 },
      put: (batch) => (++calls % 2 === 0 ? Promise.reject(new Error("busy")) : sink.put(batch)),
    };
    const source = { a: "1", b: "1", c: "1", d: "1" };
    expect(await run(everything(source), shaky)).toMatchObject({ uploaded: 2, failed: 2 });
    expect(await done()).toEqual(["a", "c"]);
    expect(await run(everything(source), sink)).toMatchObject({ uploaded: 2, unchanged: 2 });
    expect(await done()).toEqual(["a", "b", "c", "d"]);
  });

  test("that fails call after call ends the run, with what was done before recorded", async () => {
    const { run, done } = await connector();
    const { sink, calls } = target();
    const dying: Sink = {
      ...sink,
      limits: { putDocuments: 1 },
      put: (batch) => (batch.some(({ id }) => id !== "a") ? Promise.reject(new Error("gone")) : sink.put(batch)),
    };
    const source = Object.fromEntries(["a", "b", "c", "d", "e", "f", "g"].map((id) => [id, "1"]));
    await expect(run(everything(source), dying)).rejects.toThrow("the target failed 3 times in a row: gone");
    expect(await done()).toEqual(["a"]);
    expect(calls.at(-1)).toBe("finish");
  });

  test("that cannot begin gets nothing, and need not finish", async () => {
    const { run, recorded } = await connector();
    const { sink, calls } = target({ begin: () => Promise.reject(new Error("closed")) });
    await expect(run(everything({ a: "1" }), sink)).rejects.toThrow("closed");
    expect(calls).toEqual([]);
    expect(await recorded()).toEqual([]);
  });

  test("gets batches within its limits, and what is larger than a batch alone", async () => {
    const { run } = await connector();
    const { sink, calls } = target({ limits: { putDocuments: 3, putBytes: 10, deleteIds: 2 } });
    await run(everything({ a: "1234", b: "1234", c: "1234", d: "123456789012", e: "1", f: "1", g: "1", h: "1" }), sink);
    await run(everything({}), sink);
    expect(calls).toEqual([
      "begin",
      ...["put a,b", "put c", "put d", "put e,f,g", "put h"],
      "finish",
      "begin",
      ...["delete a,b", "delete c,d", "delete e,f", "delete g,h"],
      "finish",
    ]);
  });
});

describe("the framework", () => {
  test("is told of documents in few calls, and never of more than it takes in one", async () => {
    const { run, recorded } = await connector();
    const { sink } = target({ limits: { putDocuments: 40, deleteIds: 10 } });
    const ids = Array.from({ length: 250 }, (_, index) => `d${String(index).padStart(3, "0")}`);
    const sizes = () => {
      const calls = callsOf("BatchPutCustomConnectorDocuments");
      return calls.map(({ body }) => Object(body).documents.length);
    };
    const source = (contents: string) => everything(Object.fromEntries(ids.map((id) => [id, contents])));
    await run(source("1"), sink);
    expect(await recorded()).toEqual(ids);
    // Before each batch: what was done, and what is about to be.
    expect(sizes()).toEqual([40, 80, 80, 80, 80, 80, 50, 10]);
    await run(everything({}), sink);
    const forgotten = callsOf("BatchDeleteCustomConnectorDocuments").map(
      ({ body }) => Object(body).document_ids.length,
    );
    expect(forgotten).toEqual([50, 50, 50, 50, 50]);
    expect(await recorded()).toEqual([]);
  });

  test("knows of a new document before the target has it, so that a run that is cut off leaves nothing behind unseen", async () => {
    const { run, state } = await connector();
    const { sink, documents } = target();
    framework.faults.before = ({ body }) =>
      JSON.stringify(body)?.includes(checksumOf("a", {}, Buffer.from("1")))
        ? { status: 403, carriedOut: false }
        : undefined;
    await expect(run(everything({ a: "1" }), sink)).rejects.toThrow("403");
    expect(documents.has("a")).toBe(true);
    expect(await state.checksums()).toEqual(new Map([["a", uncertain]]));
    framework.faults.before = () => undefined;
    expect(await run(everything({}), sink)).toMatchObject({ removed: 1 });
    expect(documents.has("a")).toBe(false);
    expect(await state.checksums()).toEqual(new Map());
  });

  test("knows that a document may be gone before the target lets it go, so that it is uploaded when it comes back", async () => {
    const { run } = await connector();
    const { sink, documents } = target();
    await run(everything({ a: "1" }), sink);
    framework.faults.before = ({ operation }) =>
      operation === "BatchDeleteCustomConnectorDocuments" ? { status: 403, carriedOut: false } : undefined;
    await expect(run(everything({}), sink)).rejects.toThrow("403");
    framework.faults.before = () => undefined;
    expect(await run(everything({ a: "1" }), sink)).toMatchObject({ uploaded: 1 });
    expect(documents.get("a")).toBe("1");
  });

  test("that loses an answer is told again: recording twice is recording once", async () => {
    const { run, recorded } = await connector();
    let lost = 0;
    framework.faults.before = ({ operation }) =>
      operation === "BatchPutCustomConnectorDocuments" && lost++ === 0 ? { status: 502, carriedOut: true } : undefined;
    expect(await run(everything({ a: "1" }), target().sink)).toMatchObject({ uploaded: 1, failed: 0 });
    expect(await recorded()).toEqual(["a"]);
    expect(lost).toBe(3);
  });

  test("that refuses ends the run, and the target is finished", async () => {
    const { run } = await connector();
    const { sink, calls } = target();
    framework.faults.before = ({ operation }) =>
      operation === "BatchPutCustomConnectorDocuments" ? { status: 403, carriedOut: false } : undefined;
    await expect(run(everything({ a: "1" }), sink)).rejects.toThrow("403");
    expect(calls.at(-1)).toBe("finish");
  });
});

describe("a source that names changes", () => {
  test("is followed in its order, whatever is batched", async () => {
    const { run, recorded } = await connector();
    const { sink, documents } = target();
    const source = changes(
      { put: text("a", "1") },
      { put: text("b", "1") },
      { remove: "a" },
      { put: text("a", "2") },
      { remove: "b" },
      { remove: "never there" },
    );
    expect(await run(source, sink)).toEqual({ uploaded: 3, removed: 3, unchanged: 0, failed: 0 });
    expect(Object.fromEntries(documents)).toEqual({ a: "2" });
    expect(await recorded()).toEqual(["a"]);
  });

  test("may name what cannot be: that is a failure, and stops nobody else", async () => {
    const { run, recorded } = await connector();
    const source = changes({ remove: "a".repeat(513) }, { put: text("b", "1") });
    expect(await run(source, target().sink)).toMatchObject({ uploaded: 1, removed: 0, failed: 1 });
    expect(await recorded()).toEqual(["b"]);
  });

  test("leaves alone what it does not name", async () => {
    const { run, recorded } = await connector();
    const { sink } = target();
    await run(changes({ put: text("a", "1") }), sink);
    await run(changes({ put: text("b", "1") }), sink);
    expect(await recorded()).toEqual(["a", "b"]);
  });

  test("has a position kept once everything before it is done, not earlier", async () => {
    const { run, state, recorded } = await connector();
    const { sink } = target();
    framework.faults.before = ({ operation }) => {
      if (operation === "PutCustomConnectorCheckpoint")
        expect(callsOf("BatchPutCustomConnectorDocuments").at(-1)?.body).toMatchObject({
          documents: [{ document_id: "a", checksum: checksumOf("a", {}, Buffer.from("1")) }],
        });
      return undefined;
    };
    await run(changes({ put: text("a", "1") }, { reached: { cursor: 1 } }, { put: text("b", "1") }), sink);
    expect(await state.checkpoint()).toEqual({ cursor: 1 });
    expect(await recorded()).toEqual(["a", "b"]);
  });

  test("has no position kept beyond a document that failed: it would never be named again", async () => {
    const { run, state } = await connector();
    const { sink } = target();
    const picky: Sink = { ...sink, put: async (batch) => batch.map(({ id }) => ({ id, reason: "no" })) };
    const source = () => changes({ reached: "start" }, { put: text("a", "1") }, { reached: "end" });
    await run(source(), picky);
    expect(await state.checkpoint()).toBe("start");
    await run(source(), sink);
    expect(await state.checkpoint()).toBe("end");
  });
});

describe("a run that is to stop", () => {
  test("finishes the call at hand, records what it did, and begins nothing more", async () => {
    const { run, recorded } = await connector();
    const stop = new AbortController();
    const { sink, calls, documents } = target({ limits: { putDocuments: 2 } });
    const stopping: Sink = {
      ...sink,
      async put(batch) {
        if (batch.some(({ id }) => id === "d")) stop.abort();
        return sink.put(batch);
      },
    };
    const source = Object.fromEntries([..."abcdefghij"].map((id) => [id, "1"]));
    expect(await run(everything(source), stopping, { signal: stop.signal })).toMatchObject({ uploaded: 4, removed: 0 });
    expect(await recorded()).toEqual(["a", "b", "c", "d"]);
    expect([...documents.keys()]).toEqual(["a", "b", "c", "d"]);
    expect(calls).toEqual(["begin", "put a,b", "put c,d", "finish"]);
  });

  test("before it began does nothing", async () => {
    const { run } = await connector();
    const { sink, calls } = target();
    expect(await run(everything({ a: "1" }), sink, { signal: AbortSignal.abort() })).toMatchObject({ uploaded: 0 });
    expect(calls).toEqual([]);
  });

  test("takes nothing away: it has not seen everything", async () => {
    const { run, recorded } = await connector();
    const { sink } = target();
    await run(everything({ a: "1", z: "1" }), sink);
    const stop = new AbortController();
    async function* slow() {
      yield text("a", "1");
      stop.abort();
      await new Promise(() => {});
    }
    await run({ names: "everything", documents: slow() }, sink, { signal: stop.signal });
    expect(await recorded()).toEqual(["a", "z"]);
  });
});

test("however many documents pass through, only a few are held", async () => {
  const { run } = await connector();
  let held = 0;
  let most = 0;
  async function* many() {
    for (let index = 0; index < 3000; index++)
      yield {
        id: `d${index}`,
        async read() {
          most = Math.max(most, ++held);
          return Buffer.from("1");
        },
      };
  }
  const { sink } = target();
  const letting: Sink = {
    ...sink,
    limits: { putDocuments: 20 },
    async put(batch) {
      held -= batch.length;
      return [];
    },
  };
  const summary = await run({ names: "everything", documents: many() }, letting, { concurrency: 5 });
  expect(summary.uploaded).toBe(3000);
  expect(most).toBeLessThanOrEqual(20 + 5);
});

test("property: after any runs that fail, stop or break off, one that goes well leaves target and records as the source is", async () => {
  const contents = fc.dictionary(fc.constantFrom(..."abcdefgh"), fc.constantFrom("1", "2"), { noNullPrototype: true });
  const mishap = fc.constantFrom("none", "refuse", "throw", "stop", "break", "api");
  const runs = fc.array(fc.tuple(contents, mishap, fc.nat(6)), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(runs, contents, async (before, last) => {
      const { run, state } = await connector();
      const { sink, documents } = target({ limits: { putDocuments: 2, deleteIds: 2 } });
      for (const [source, kind, at] of before) {
        const stop = new AbortController();
        let calls = 0;
        const happens = () => calls++ >= at;
        const troubled: Sink = {
          ...sink,
          async put(batch) {
            if (kind === "stop" && happens()) stop.abort();
            if (kind === "throw" && happens()) throw new Error("busy");
            if (kind === "refuse" && happens()) return batch.map(({ id }) => ({ id, reason: "no" }));
            return sink.put(batch);
          },
        };
        framework.faults.before = ({ operation }) =>
          kind === "api" && operation.startsWith("Batch") && happens() ? { status: 403, carriedOut: false } : undefined;
        async function* listed() {
          for (const [id, text_] of Object.entries(source)) {
            if (kind === "break" && happens()) throw new Error("gone");
            yield text(id, text_);
          }
        }
        await run({ names: "everything", documents: listed() }, troubled, { signal: stop.signal }).catch(() => {});
      }
      framework.faults.before = () => undefined;
      expect(await run(everything(last), sink)).toMatchObject({ failed: 0 });
      expect(Object.fromEntries(documents)).toEqual(last);
      const checksums = Object.entries(last).map(([id, one]) => [id, checksumOf(id, {}, Buffer.from(one))] as const);
      expect(await state.checksums()).toEqual(new Map(checksums));
    }),
    { numRuns: 40 },
  );
});
