import { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";
import { defineApi } from "../../../../handlers/runtime/api/description.ts";
import { restHandler } from "../../../../handlers/runtime/api/rest-handler.ts";
import { conflict, type ErrorShape, unavailable } from "../../../../handlers/runtime/errors.ts";
import { lambdaContext, restEvent } from "../../../helpers/rest-event.ts";

const types = {
  BadRequest: "Malformed",
  Forbidden: "Refused",
  NotFound: "Missing",
  Conflict: "Taken",
  LimitExceeded: "TooMuch",
  TooManyRequests: "TooFast",
  Internal: "Broken",
  Unavailable: "Busy",
};
const schema = z.object({ message: z.string() });
const body: ErrorShape["body"] = ({ message }) => ({ message });

const handle = (errorShape: ErrorShape, carryOut: () => Promise<undefined>) => {
  const api = defineApi({
    ...{ name: "doors", title: "Doors", version: "1", description: "Opens doors", auth: "iam", errorShape },
    operations: { Open: { method: "POST", path: "/open", summary: "Opens", success: { status: 202 }, errors: [] } },
  });
  const handler = restHandler(api, { Open: carryOut }, new Logger({ logLevel: "SILENT" }));
  return (resource = "/open") => handler(restEvent({ method: "POST", resource }), lambdaContext);
};

const failing = (error: unknown) => () => Promise.reject(error);

test.each([
  ["Taken", 409, conflict("locked"), "locked"],
  ["Busy", 503, unavailable("later"), "later"],
  ["Broken", 500, new TypeError("secret"), "Internal server error"],
])(
  "what is %s is answered %i, and named so in the header that AWS's SDKs look at",
  async (name, status, error, message) => {
    const answer = await handle({ schema, types, body }, failing(error))();
    expect(answer).toEqual({
      statusCode: status,
      headers: { "Content-Type": "application/json", "x-amzn-ErrorType": name },
      body: JSON.stringify({ message }),
    });
  },
);

test("a route that is not described is named too", async () => {
  const answer = await handle({ schema, types, body }, async () => undefined)("/elsewhere");
  expect(answer).toMatchObject({ statusCode: 404, headers: { "x-amzn-ErrorType": "Missing" } });
});

test("where errors have no names there is no such header, and where all went well neither", async () => {
  const unnamed = await handle({ schema, body }, failing(conflict("locked")))();
  expect(unnamed.headers).toEqual({ "Content-Type": "application/json" });
  const done = await handle({ schema, types, body }, async () => undefined)();
  expect(done).toEqual({ statusCode: 202, headers: { "Content-Type": "application/json" }, body: "{}" });
});
