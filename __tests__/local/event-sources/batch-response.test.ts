import { readBatchResponse } from "../../../local/event-sources/batch-response.ts";

const failed = (...identifiers: unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

test.each<[string, unknown, ReturnType<typeof readBatchResponse>["kind"]]>([
  ["null", null, "succeeded"],
  ["nothing", undefined, "succeeded"],
  ["an empty string", "", "succeeded"],
  ["an empty response", {}, "succeeded"],
  ["an empty list", failed(), "succeeded"],
  ["a null list", { batchItemFailures: null }, "succeeded"],
  ["a known identifier", failed("1"), "partly-failed"],
  ["an empty identifier", failed("1", ""), "failed"],
  ["a null identifier", failed(null), "failed"],
  ["a wrong key", { batchItemFailures: [{ id: "1" }] }, "failed"],
  ["an unknown identifier", failed("1", "3"), "failed"],
  ["a list of another shape", { batchItemFailures: "1" }, "failed"],
  ["text", "done", "failed"],
])("%s: %j is %s", (_name, payload, kind) => {
  expect(readBatchResponse(payload, new Set(["1", "2"])).kind).toBe(kind);
});

test("the identifiers are those reported", () => {
  expect(readBatchResponse(failed("2", "1"), new Set(["1", "2"]))).toEqual({
    kind: "partly-failed",
    identifiers: new Set(["1", "2"]),
  });
});
