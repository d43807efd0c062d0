import fc from "fast-check";
import { randomIds } from "../../../../handlers/connector-framework/model/ids.ts";
import {
  checkpointKey,
  connectorArn,
  connectorIdPrefix,
  connectorKey,
  documentKey,
  isConnectorId,
  isJobId,
  regionOf,
  tenantOf,
} from "../../../../handlers/connector-framework/model/keys.ts";

const hex = fc.stringMatching(/^[0-9a-f]{12}$/);
const account = fc.stringMatching(/^\d{12}$/);
const region = fc.constantFrom("eu-central-1", "us-east-1", "us-gov-west-1", "cn-north-1");
const connector = fc.record({
  tenant: fc.tuple(region, account).map(([region, account]) => tenantOf(region, account)),
  connectorId: hex.map((digits) => `cc-${digits}`),
});

test("the region of a tenant is the one it was made of", () => {
  fc.assert(fc.property(region, account, (region, account) => regionOf(tenantOf(region, account)) === region));
});

test.each([
  "",
  "arn:aws:ccf::123456789012",
  "arn:aws:ccf:eu-central-1:12",
  "arn:aws:s3:eu-central-1:123456789012",
  "arn:aws:ccf:eu-central-1:123456789012:custom-connector/x",
])("%p is no tenant", (text) => {
  expect(() => regionOf(text)).toThrow("not a tenant");
});

test("new ids are of their form, and a connector's is no job's", () => {
  const { connectorId, jobId } = randomIds;
  expect(connectorId()).toHaveLength(15);
  expect(jobId()).toHaveLength(16);
  for (let count = 0; count < 100; count++) {
    expect(isConnectorId(connectorId())).toBe(true);
    expect(isJobId(jobId())).toBe(true);
  }
  expect(isJobId(connectorId())).toBe(false);
  expect(isConnectorId(jobId())).toBe(false);
  expect(new Set(Array.from({ length: 1000 }, connectorId)).size).toBe(1000);
});

test.each(["cc-0123456789aB", "cc-0123456789a", "cc-0123456789abc", "cc-0123456789ab\n", " cc-0123456789ab", ""])(
  "%p is no connector's id",
  (text) => {
    expect(isConnectorId(text)).toBe(false);
  },
);

test("a list of connectors meets no checkpoint", () => {
  fc.assert(
    fc.property(connector, (ref) => {
      const [key, beside] = [connectorKey(ref), checkpointKey(ref)];
      return (
        key.custom_connector_arn_prefix === beside.custom_connector_arn_prefix &&
        key.connector_id.startsWith(connectorIdPrefix) &&
        !beside.connector_id.startsWith(connectorIdPrefix)
      );
    }),
  );
});

test("documents of two connectors, or of two tenants, never share a key", () => {
  fc.assert(
    fc.property(connector, connector, fc.string(), (one, other, document) => {
      const same = one.tenant === other.tenant && one.connectorId === other.connectorId;
      const [a, b] = [documentKey(one, document), documentKey(other, document)];
      return (a.connector_arn === b.connector_arn) === same && a.connector_arn === connectorArn(one);
    }),
  );
});
