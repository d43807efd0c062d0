import * as fc from "fast-check";
import { isJobId } from "../../../../handlers/connector-framework/model/keys.ts";
import { scheduledJobId } from "../../../../handlers/connector-framework/scheduled-start/job-id.ts";

const hex = fc.stringMatching(/^[0-9a-f]{12}$/);
const connector = fc.record({
  tenant: fc.stringMatching(/^arn:aws:ccf:[a-z]{2}-[a-z]{4,9}-[1-9]:\d{12}$/),
  connectorId: hex.map((digits) => `cc-${digits}`),
});
const second = fc
  .integer({ min: Date.UTC(2020, 0) / 1000, max: Date.UTC(2100, 0) / 1000 })
  .map((seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z"));
const occasion = fc.tuple(connector, second);

test("the id is a job's, and the same each time it is asked", () => {
  fc.assert(
    fc.property(occasion, ([ref, time]) => {
      const id = scheduledJobId(ref, time);
      expect(isJobId(id)).toBe(true);
      expect(scheduledJobId({ ...ref }, time)).toBe(id);
    }),
  );
});

test("another tenant, connector or time has another id", () => {
  fc.assert(
    fc.property(fc.uniqueArray(occasion, { selector: JSON.stringify, minLength: 2, maxLength: 20 }), (occasions) => {
      expect(new Set(occasions.map(([ref, time]) => scheduledJobId(ref, time))).size).toBe(occasions.length);
    }),
  );
});

test("a time written with its milliseconds or in another zone is the same time", () => {
  const ref = { tenant: "arn:aws:ccf:eu-central-1:123456789012", connectorId: "cc-0123456789ab" };
  const ids = ["2030-01-01T02:00:00Z", "2030-01-01T02:00:00.000Z", "2030-01-01T03:00:00+01:00"].map((time) =>
    scheduledJobId(ref, time),
  );
  expect(new Set(ids).size).toBe(1);
});
