import * as z from "zod";
import { onlyDeveloper } from "../../../../local/iam/authority.ts";
import type { Decision } from "../../../../local/iam/decision.ts";
import { JsonError } from "../../../../local/services/json/json-error.ts";
import { startJsonService } from "../../../../local/services/json/json-service.ts";
import { parseInput } from "../../../../local/services/json/parse-input.ts";
import { askUnderName, signedFetch, type Unsigned, unknownName, wrongClients } from "../../signatures/signed.ts";

const region = "eu-west-1";
const greeting = z.strictObject({
  Name: z.string().min(1).max(5),
  Mood: z.enum(["GOOD", "BAD"]).optional(),
  Codes: z.array(z.strictObject({ Code: z.int().max(9) })).default([]),
  Word: z
    .string()
    .regex(/^[a-z]+$/)
    .optional(),
});

const log: string[] = [];
const allowed: Decision = { effect: "allowed", by: "developer" };
let decision: Decision = allowed;
const asked: unknown[] = [];
let server: Awaited<ReturnType<typeof startJsonService>>;
beforeAll(async () => {
  server = await startJsonService({
    ...{ name: "Greeter", service: "greeter", target: "Greeting_2020", region, log: (line) => log.push(line) },
    operations: {
      Greet: (input) => ({ Text: `Hello ${parseInput(greeting, input).Name}` }),
      Refuse: () => {
        throw new JsonError("TiredException");
      },
      Break: async () => {
        throw new Error("the secret is sesame");
      },
    },
    authority: {
      ...onlyDeveloper,
      async decide(_, access) {
        asked.push(access);
        return decision;
      },
    },
  });
});
afterAll(() => server.stop());
beforeEach(() => {
  log.splice(0);
  asked.splice(0);
  decision = allowed;
});

const request = (operation: string, body: unknown = {}, changes: Partial<Unsigned> = {}): Unsigned => ({
  ...{ service: "greeter", region, url: `${server.url}/` },
  headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `Greeting_2020.${operation}` },
  body: typeof body === "string" ? body : JSON.stringify(body),
  ...changes,
});

async function ask(unsigned: Unsigned) {
  const response = await signedFetch(unsigned);
  return { status: response.status, body: await response.json(), headers: response.headers };
}

test("a request signed by the developer is answered as AWS JSON 1.1", async () => {
  const { status, body, headers } = await ask(request("Greet", { Name: "you" }));
  expect([status, body]).toEqual([200, { Text: "Hello you" }]);
  expect(headers.get("content-type")).toBe("application/x-amz-json-1.1");
  expect(headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ["another secret", wrongClients.anotherSecret, "InvalidSignatureException", "The request signature we calculated"],
  ["another key", wrongClients.anotherKey, "UnrecognizedClientException", "The security token included"],
  ["a session token", wrongClients.aSessionToken, "UnrecognizedClientException", "The security token included"],
  ["another region", wrongClients.anotherRegion, "InvalidSignatureException", "Credential should be scoped to a valid"],
  ["another service", { service: "sqs" }, "InvalidSignatureException", "scoped to correct service: 'greeter'"],
  ["a fast clock", wrongClients.aFastClock, "InvalidSignatureException", "Signature not yet current"],
  ["a slow clock", wrongClients.aSlowClock, "InvalidSignatureException", "Signature expired"],
])("one with %s is refused before anything is looked at", async (_, changes, __type, message) => {
  const { status, body } = await ask(request("Unknown", "{", changes));
  expect([status, body]).toEqual([400, { __type, message: expect.stringContaining(message) }]);
});

test("one without a signature, and one under another host name, are refused", async () => {
  const { url, headers = {}, body = "" } = request("Greet", { Name: "you" });
  const unsigned = await fetch(url, { method: "POST", headers, body });
  expect(await unsigned.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  expect(await askUnderName("evil.example", request("Greet", { Name: "you" }))).toEqual(unknownName);
});

test("who may not do it learns in AWS's words what was missing, and nothing is done", async () => {
  decision = { effect: "not allowed" };
  const { status, body } = await ask(request("Break"));
  expect(asked).toEqual([{ action: "greeter:Break", resource: "*" }]);
  expect([status, body]).toEqual([
    400,
    {
      __type: "AccessDeniedException",
      message:
        "User: arn:aws:iam::000000000000:user/local is not authorized to perform: greeter:Break on resource: * " +
        "because no identity-based policy allows the greeter:Break action",
    },
  ]);
  expect(log).toEqual([]);
});

test.each([["Sing"], ["toString"], ["constructor"], ["__proto__"]])(
  "the operation %s, which is not there, is refused by name",
  async (operation) => {
    const { status, body } = await ask(request(operation));
    const message = `The local Greeter has no operation ${operation}.`;
    expect([status, body]).toEqual([400, { __type: "UnknownOperationException", message }]);
  },
);

test("an operation of another API, and another method, are refused", async () => {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "Other.Greet" };
  expect((await ask(request("Greet", {}, { headers }))).body).toMatchObject({ __type: "UnknownOperationException" });
  expect((await ask(request("Greet", {}, { method: "PUT" }))).body).toMatchObject({
    __type: "UnknownOperationException",
  });
});

test.each([
  [{ Name: 3 }, "1 validation error detected: Value at 'name' failed to satisfy constraint: Member must be a string"],
  [{}, "1 validation error detected: Value at 'name' failed to satisfy constraint: Member must not be null"],
  [
    { Name: "", Mood: "ODD" },
    "2 validation errors detected: Value at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
      "Value at 'mood' failed to satisfy constraint: Member must satisfy enum value set: [GOOD, BAD]",
  ],
  [
    { Name: "you", Codes: [{ Code: 1 }, { Code: 10 }] },
    "1 validation error detected: Value at 'codes.2.member.code' failed to satisfy constraint: Member must have value less than or equal to 9",
  ],
  [
    { Name: "you", Word: "A" },
    "1 validation error detected: Value at 'word' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-z]+$",
  ],
  [{ Name: "you", Shout: true }, "1 validation error detected: 'shout' is not known to the local stage"],
])("%j is refused in AWS's words", async (input, message) => {
  const { status, body } = await ask(request("Greet", input));
  expect([status, body]).toEqual([400, { __type: "ValidationException", message }]);
});

test("what is wrong with a request is told without the value", async () => {
  const { body } = await ask(request("Greet", { Name: "my password" }));
  expect(JSON.stringify(body)).not.toContain("password");
});

test("a body that is not JSON and one that is too large are refused", async () => {
  expect((await ask(request("Greet", '{"Name":'))).body).toEqual({
    __type: "SerializationException",
    message: "The body is not JSON.",
  });
  expect((await ask(request("Greet", { Name: "x".repeat(4 * 1_048_576) }))).body).toMatchObject({
    __type: "ValidationException",
    message: "The request is too large.",
  });
});

test("a refusal without words has none, and a fault of the service is logged but not told", async () => {
  expect(await ask(request("Refuse"))).toMatchObject({ status: 400, body: { __type: "TiredException" } });
  expect((await ask(request("Refuse"))).body).toEqual({ __type: "TiredException" });
  const broken = await ask(request("Break"));
  expect([broken.status, broken.body]).toEqual([
    500,
    { __type: "InternalFailure", message: "The local Greeter failed." },
  ]);
  expect(log.join()).toContain("Greeter failed: Error: the secret is sesame");
});
