import * as fc from "fast-check";
import type { Secret } from "../../../../local/services/secrets-manager/model.ts";
import { staged, withVersion } from "../../../../local/services/secrets-manager/versions.ts";

const empty: Secret = {
  ...{ sequence: 1, secretId: "6b1f0f4e-8f7b-4d59-9a38-1f0f6d8f6a11", name: "s", arn: "arn" },
  ...{ createdAt: 0, changedAt: 0, tags: [], versions: [] },
};

const stages = fc.uniqueArray(fc.constantFrom("AWSCURRENT", "BLUE", "GREEN"), { minLength: 1 });

test("whatever is put, one version is current, the one before it is the previous, and a stage is on one version", () => {
  fc.assert(
    fc.property(fc.array(stages, { minLength: 1, maxLength: 130 }), (puts) => {
      let secret = empty;
      let current: string | undefined;
      let previous: string | undefined;
      for (const [index, wanted] of puts.entries()) {
        const versionId = `version-${index}`;
        secret = withVersion(secret, { versionId, value: { SecretString: "v" }, stages: wanted, at: index });
        if (index === 0 || wanted.includes("AWSCURRENT")) [previous, current] = [current, versionId];
        const all = secret.versions.flatMap((version) => version.stages);
        expect(new Set(all).size).toBe(all.length);
        expect(staged(secret, "AWSCURRENT")?.versionId).toBe(current);
        expect(staged(secret, "AWSPREVIOUS")?.versionId).toBe(previous);
        for (const stage of wanted) expect(staged(secret, stage)?.versionId).toBe(versionId);
        expect(secret.versions.length).toBeLessThanOrEqual(100);
      }
    }),
  );
});
