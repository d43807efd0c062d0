import { JsonError } from "../json/json-error.ts";
import type { Secret, Version } from "./model.ts";

/** Text or bytes, one of them. */
export type SecretValue = Pick<Version, "SecretString" | "SecretBinary">;

export interface NewVersion {
  readonly versionId: string;
  readonly value: SecretValue;
  readonly stages: readonly string[];
  /** Seconds since the epoch. */
  readonly at: number;
}

/** Versions AWS keeps of a secret at least (AWS Secrets Manager User Guide, "Quotas"). */
const keptVersions = 100;

/**
 * A secret with one more version. A stage leaves the version that had it, and AWSPREVIOUS goes to the one that
 * AWSCURRENT left. A version that is there already with the same value stays as it is: the request came twice.
 *
 * @throws JsonError ResourceExistsException when that version has another value
 */
export function withVersion(secret: Secret, { versionId, value, stages, at }: NewVersion): Secret {
  const same = secret.versions.find((version) => version.versionId === versionId);
  if (same) {
    if (same.SecretString === value.SecretString && same.SecretBinary === value.SecretBinary) return secret;
    const message = "You can't modify an existing version, you can only create a new version.";
    throw new JsonError("ResourceExistsException", message);
  }
  // The first version is the current one, whatever it is called besides.
  const wanted = new Set(secret.versions.length === 0 ? [...stages, "AWSCURRENT"] : stages);
  const replaced = wanted.has("AWSCURRENT") ? staged(secret, "AWSCURRENT") : undefined;
  const moved = new Set(replaced ? [...wanted, "AWSPREVIOUS"] : wanted);
  const before = secret.versions.map((version) => {
    const kept = version.stages.filter((stage) => !moved.has(stage));
    return { ...version, stages: version === replaced ? [...kept, "AWSPREVIOUS"] : kept };
  });
  const added: Version = { versionId, ...value, stages: [...wanted], createdAt: at };
  return { ...secret, changedAt: at, versions: withoutOldest([...before, added]) };
}

export const staged = ({ versions }: Secret, stage: string): Version | undefined =>
  versions.find(({ stages }) => stages.includes(stage));

function withoutOldest(versions: readonly Version[]): Version[] {
  const surplus = versions.length - keptVersions;
  const deprecated = versions.filter(({ stages }) => stages.length === 0).slice(0, Math.max(surplus, 0));
  return versions.filter((version) => !deprecated.includes(version));
}

/**
 * The version that a request means: by its id, by a stage, by both, or the current one.
 *
 * @throws JsonError ResourceNotFoundException, or InvalidRequestException when id and stage are of two versions
 */
export function versionOf(secret: Secret, versionId: string | undefined, stage: string | undefined): Version {
  if (versionId === undefined) {
    const current = stage ?? "AWSCURRENT";
    return staged(secret, current) ?? notFound(`value for staging label: ${current}`);
  }
  const found = secret.versions.find((version) => version.versionId === versionId);
  if (!found) return notFound(`value for VersionId: ${versionId}`);
  if (stage === undefined || found.stages.includes(stage)) return found;
  const message = "You provided a VersionStage that is not associated to the provided VersionId.";
  throw new JsonError("InvalidRequestException", message);
}

function notFound(what: string): never {
  throw new JsonError("ResourceNotFoundException", `Secrets Manager can't find the specified secret ${what}`);
}
