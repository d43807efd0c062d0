import { randomInt } from "node:crypto";
import { JsonError } from "../json/json-error.ts";
import type { ObjectFiles } from "../object-files.ts";
import type { Secret } from "./model.ts";

/** The secrets there are at a moment: those whose recovery window is over have gone. */
export interface SecretShelf {
  all(): readonly Secret[];
  named(name: string): Secret | undefined;
  /**
   * The secret that a request means: by its name, its ARN, or its ARN without the six characters at the end.
   *
   * @throws JsonError ResourceNotFoundException
   */
  find(reference: string): Secret;
  /** The same, of one that is not marked for deletion. @throws JsonError InvalidRequestException when it is */
  usable(reference: string): Secret;
  /** The ARN of the secret that a request means; of one that is not there, with `-??????` as policies write it. */
  arnMeant(reference: string): string;
  /** The ARN of a new secret. */
  newArn(name: string): string;
  nextSequence(): number;
  put(secret: Secret): void;
  remove(secret: Secret): void;
}

export interface ShelfOptions {
  readonly files: ObjectFiles<Secret>;
  readonly region: string;
  readonly accountId: string;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

export function secretShelf({ files, region, accountId, now }: ShelfOptions): SecretShelf {
  const prefix = `arn:aws:secretsmanager:${region}:${accountId}:secret:`;
  function all(): readonly Secret[] {
    for (const { secretId, deletedAt } of files.all()) {
      if (deletedAt !== undefined && deletedAt <= now()) files.delete(secretId);
    }
    return files.all();
  }
  const search = (reference: string): Secret | undefined =>
    all().find(({ name, arn }) => name === reference || arn === reference) ??
    all().find(({ arn }) => arn.replace(/-[^-]{6}$/, "") === reference);

  function find(reference: string): Secret {
    const found = search(reference);
    if (found) return found;
    throw new JsonError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  }
  return {
    ...{ all, find },
    named: (name) => all().find((secret) => secret.name === name),
    usable(reference) {
      const found = find(reference);
      if (found.deletedAt === undefined) return found;
      const message = "You can't perform this operation on the secret because it was marked for deletion.";
      throw new JsonError("InvalidRequestException", message);
    },
    arnMeant: (reference) =>
      search(reference)?.arn ?? (reference.startsWith("arn:") ? reference : `${prefix}${reference}-??????`),
    newArn: (name) => `${prefix}${name}-${arnSuffix()}`,
    nextSequence: files.nextSequence,
    put: files.put,
    remove: ({ secretId }) => files.delete(secretId),
  };
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Six characters, so that who may read a secret may not read another of the same name made after it. */
const arnSuffix = () => Array.from({ length: 6 }, () => letters.charAt(randomInt(letters.length))).join("");
