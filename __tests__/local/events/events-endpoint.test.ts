import { createEventBus } from "../../../local/events/event-bus.ts";
import { startEventsEndpoint } from "../../../local/events/events-endpoint.ts";
import { accountId, notAllowed, roleOf } from "../iam/roles.ts";
import { askUnderName, signedFetch, type Unsigned, unknownName, wrongClients } from "../signatures/signed.ts";

const region = "eu-west-1";
let endpoint: Awaited<ReturnType<typeof startEventsEndpoint>>;
const published: unknown[] = [];

beforeAll(async () => {
  const bus = createEventBus({ account: "000000000000", region });
  const target = { id: "1", deliver: async (event: unknown) => published.push(event) };
  bus.putRule({ name: "all", pattern: { source: ["shop"] }, state: "ENABLED", targets: [target] });
  endpoint = await startEventsEndpoint({ buses: new Map([[bus.name, bus]]), region });
});
afterAll(() => endpoint.stop());
beforeEach(() => published.splice(0));

const putEvents = (changes: Partial<Unsigned> = {}): Unsigned => ({
  service: "events",
  region,
  url: `${endpoint.url}/`,
  headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" },
  body: JSON.stringify({ Entries: [{ Source: "shop", DetailType: "Order Placed", Detail: "{}" }] }),
  ...changes,
});

test("a request signed with the right key, for the right region and at the right time is served", async () => {
  expect((await signedFetch(putEvents())).status).toBe(200);
  expect(published).toMatchObject([{ source: "shop" }]);
});

test.each([
  ["another secret", wrongClients.anotherSecret, "InvalidSignatureException", "The request signature we calculated"],
  ["another key", wrongClients.anotherKey, "UnrecognizedClientException", "The security token included"],
  ["a session token", wrongClients.aSessionToken, "UnrecognizedClientException", "The security token included"],
  ["another region", wrongClients.anotherRegion, "InvalidSignatureException", "Credential should be scoped to a valid"],
  ["another service", { service: "sqs" }, "InvalidSignatureException", "scoped to correct service: 'events'"],
  ["a fast clock", wrongClients.aFastClock, "InvalidSignatureException", "Signature not yet current"],
  ["a slow clock", wrongClients.aSlowClock, "InvalidSignatureException", "Signature expired"],
])("one with %s is refused, and nothing is published", async (_, changes, __type, message) => {
  const response = await signedFetch(putEvents(changes));
  expect([response.status, response.headers.get("content-type")]).toEqual([400, "application/x-amz-json-1.1"]);
  expect(await response.json()).toEqual({ __type, message: expect.stringContaining(message) });
  expect(published).toEqual([]);
});

test("one without a signature is refused", async () => {
  const { url, headers = {}, body = "" } = putEvents();
  const response = await fetch(url, { method: "POST", headers, body });
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    __type: "MissingAuthenticationTokenException",
    message: "Request is missing Authentication Token",
  });
});

test("one under another host name is refused, however well it is signed", async () => {
  expect(await askUnderName("evil.example", putEvents())).toEqual(unknownName);
  expect(published).toEqual([]);
  expect((await askUnderName("localhost:1", putEvents())).status).toBe(200);
});

test("a role puts events on the buses that its policies allow", async () => {
  const other = createEventBus({ account: accountId, region, name: "other" });
  const bus = createEventBus({ account: accountId, region });
  const { iam, key } = roleOf({ region }, { Effect: "Allow", Action: "events:PutEvents", Resource: bus.arn });
  const buses = new Map([bus, other].map((one) => [one.name, one]));
  const guarded = await startEventsEndpoint({ buses, region, authority: iam });
  const put = (...names: readonly string[]) =>
    signedFetch({
      ...putEvents({ url: `${guarded.url}/`, credentials: key }),
      body: JSON.stringify({
        Entries: names.map((EventBusName) => ({ Source: "shop", DetailType: "Order", Detail: "{}", EventBusName })),
      }),
    });
  try {
    expect((await put("default", bus.arn)).status).toBe(200);
    const refused = await put("default", "other");
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({
      __type: "AccessDeniedException",
      message: notAllowed("events:PutEvents", other.arn),
    });
  } finally {
    await guarded.stop();
  }
});
