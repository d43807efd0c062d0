import type { EventBridgeEvent } from "../../../local/events/event.ts";
import { createEventBus } from "../../../local/events/event-bus.ts";
import { startEventsEndpoint } from "../../../local/events/events-endpoint.ts";
import { signedFetch } from "../signatures/signed.ts";

const place = { account: "000000000000", region: "eu-west-1" };
const entry = { source: "shop", detailType: "Order Placed", detail: { amount: 3 } };

/** A target that keeps what it gets. */
function collector(id: string) {
  const events: EventBridgeEvent[] = [];
  return { id, events, deliver: async (event: EventBridgeEvent) => void events.push(event) };
}

describe("a bus", () => {
  test("completes the envelope and delivers to every target of every matching rule", async () => {
    const clock = { now: () => Date.parse("2026-11-21T12:00:00.789Z") };
    const bus = createEventBus({ ...place, clock, newId: () => "id-1" });
    const [one, two, three, other] = [collector("1"), collector("2"), collector("3"), collector("4")];
    bus.putRule({ name: "orders", pattern: { source: ["shop"] }, state: "ENABLED", targets: [one, two] });
    bus.putRule({
      name: "big",
      pattern: { detail: { amount: [{ numeric: [">", 2] }] } },
      state: "ENABLED",
      targets: [three],
    });
    bus.putRule({
      name: "bigger",
      pattern: { detail: { amount: [{ numeric: [">", 3] }] } },
      state: "ENABLED",
      targets: [other],
    });
    expect(await bus.publish({ ...entry, resources: ["arn:x"] })).toBe("id-1");
    const expected = {
      version: "0",
      id: "id-1",
      "detail-type": "Order Placed",
      source: "shop",
      account: "000000000000",
      time: "2026-11-21T12:00:00Z",
      region: "eu-west-1",
      resources: ["arn:x"],
      detail: { amount: 3 },
    };
    for (const target of [one, two, three]) expect(target.events).toEqual([expected]);
    expect(other.events).toEqual([]);
  });

  test("resolves only when every target has taken the event", async () => {
    const bus = createEventBus(place);
    let take = () => {};
    const slow = {
      id: "slow",
      deliver: () =>
        new Promise<void>((resolve) => {
          take = resolve;
        }),
    };
    const quick = collector("quick");
    bus.putRule({ name: "orders", pattern: { source: ["shop"] }, state: "ENABLED", targets: [slow, quick] });
    let published = false;
    const publishing = bus.publish(entry).then(() => {
      published = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([quick.events.length, published]).toEqual([1, false]);
    take();
    await publishing;
  });

  test("names the target that did not take the event; the others have it", async () => {
    const bus = createEventBus(place);
    const good = collector("good");
    const bad = {
      id: "bad",
      deliver: () => {
        throw new Error("disk full");
      },
    };
    bus.putRule({ name: "orders", pattern: { source: ["shop"] }, state: "ENABLED", targets: [bad, good] });
    await expect(bus.publish(entry)).rejects.toThrow("rule orders, target bad did not take the event");
    expect(good.events).toHaveLength(1);
  });

  test("leaves out disabled rules, removed rules and removed targets", async () => {
    const bus = createEventBus(place);
    const [disabled, removed, gone, stays] = [collector("1"), collector("2"), collector("3"), collector("4")];
    const pattern = { source: ["shop"] };
    bus.putRule({ name: "disabled", pattern, state: "DISABLED", targets: [disabled] });
    bus.putRule({ name: "removed", pattern, state: "ENABLED", targets: [removed] });
    bus.putRule({ name: "smaller", pattern, state: "ENABLED", targets: [gone, stays] });
    bus.removeRule("removed");
    bus.removeTarget("smaller", "3");
    await bus.publish(entry);
    expect([disabled, removed, gone, stays].map((target) => target.events.length)).toEqual([0, 0, 0, 1]);
  });

  test("refuses a bad pattern and two targets with one id when the rule is made", () => {
    const bus = createEventBus(place);
    const rule = {
      name: "r",
      state: "ENABLED",
      pattern: { a: ["x"] },
      targets: [collector("1"), collector("1")],
    } as const;
    expect(() => bus.putRule(rule)).toThrow("two targets have the id 1");
    expect(() => bus.putRule({ ...rule, targets: [], pattern: { a: [{ like: "x" }] } })).toThrow(
      "Unrecognized match type like at a",
    );
  });
});

describe("PutEvents over HTTP", () => {
  /** What an SDK client would send and get. */
  async function withEndpoint<T>(
    work: (
      call: (body: unknown, target?: string) => Promise<{ status: number; type: string | null; body: unknown }>,
      target: ReturnType<typeof collector>,
    ) => Promise<T>,
  ): Promise<T> {
    const bus = createEventBus(place);
    const target = collector("1");
    const refusing = {
      id: "2",
      deliver: async () => {
        throw new Error("no disk");
      },
    };
    bus.putRule({ name: "all", pattern: { source: [{ "anything-but": "" }] }, state: "ENABLED", targets: [target] });
    bus.putRule({ name: "broken", pattern: { source: ["broken"] }, state: "ENABLED", targets: [refusing] });
    const endpoint = await startEventsEndpoint({ buses: new Map([["default", bus]]), region: place.region });
    try {
      return await work(async (body, operation = "AWSEvents.PutEvents") => {
        const response = await signedFetch({
          service: "events",
          region: place.region,
          url: endpoint.url,
          headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": operation },
          body: typeof body === "string" ? body : JSON.stringify(body),
        });
        return { status: response.status, type: response.headers.get("content-type"), body: await response.json() };
      }, target);
    } finally {
      await endpoint.stop();
    }
  }
  const wire = { Source: "shop", DetailType: "Order Placed", Detail: '{"amount":3}' };

  test("publishes entries and answers their ids", async () => {
    await withEndpoint(async (call, target) => {
      const answer = await call({
        Entries: [
          { ...wire, Time: 1_700_000_000, Resources: ["arn:x"] },
          { ...wire, EventBusName: "arn:aws:events:eu-west-1:000000000000:event-bus/default" },
        ],
      });
      expect(answer).toEqual({
        status: 200,
        type: "application/x-amz-json-1.1",
        body: { FailedEntryCount: 0, Entries: target.events.map((event) => ({ EventId: event.id })) },
      });
      expect(target.events).toMatchObject([
        { time: "2023-11-14T22:13:20Z", resources: ["arn:x"], detail: { amount: 3 } },
        { source: "shop", resources: [] },
      ]);
    });
  });

  test("says of each entry why it was not taken, and takes the others", async () => {
    await withEndpoint(async (call, target) => {
      const answer = await call({
        Entries: [
          wire,
          { ...wire, Source: undefined },
          { ...wire, DetailType: "" },
          { ...wire, Detail: "{" },
          { ...wire, Detail: "[]" },
          { ...wire, Source: "aws.batch" },
          { ...wire, EventBusName: "other" },
          { ...wire, Source: "broken" },
        ],
      });
      expect(answer.body).toEqual({
        FailedEntryCount: 7,
        Entries: [
          { EventId: expect.any(String) },
          {
            ErrorCode: "InvalidArgument",
            ErrorMessage: "Parameter Source is not valid. Reason: Source is a required argument.",
          },
          {
            ErrorCode: "InvalidArgument",
            ErrorMessage: "Parameter DetailType is not valid. Reason: DetailType is a required argument.",
          },
          { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." },
          { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." },
          { ErrorCode: "NotAuthorizedForSource", ErrorMessage: "Not authorized for the source." },
          { ErrorCode: "ResourceNotFoundException", ErrorMessage: "Event bus other does not exist." },
          { ErrorCode: "InternalFailure", ErrorMessage: "rule broken, target 2 did not take the event" },
        ],
      });
      expect(target.events.map((event) => event.source)).toEqual(["shop", "broken"]);
    });
  });

  test.each<[string, unknown, string | undefined, string]>([
    ["no entries", { Entries: [] }, undefined, "ValidationException"],
    ["eleven entries", { Entries: Array.from({ length: 11 }, () => wire) }, undefined, "ValidationException"],
    [
      "over 256 KB",
      { Entries: [{ ...wire, Detail: JSON.stringify("x".repeat(262_144)) }] },
      undefined,
      "ValidationException",
    ],
    ["entries of another shape", { Entries: [{ ...wire, Detail: {} }] }, undefined, "ValidationException"],
    ["no JSON", "{", undefined, "SerializationException"],
    ["another operation", {}, "AWSEvents.PutRule", "UnknownOperationException"],
  ])("refuses %s", async (_name, body, operation, code) => {
    await withEndpoint(async (call, target) => {
      expect(await call(body, operation)).toMatchObject({ status: 400, body: { __type: code } });
      expect(target.events).toEqual([]);
    });
  });
});
