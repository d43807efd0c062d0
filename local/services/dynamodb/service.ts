import type { Access } from "../../iam/access.ts";
import { accessesOf } from "./accesses.ts";
import type { Context } from "./context.ts";
import { openDatabase } from "./database.ts";
import { unknownOperation } from "./errors.ts";
import { expirySweeper } from "./expiry-sweeper.ts";
import { operations } from "./operations.ts";
import { removeOldTokens, trimStreams } from "./retention.ts";
import { recordChanges } from "./stream-recorder.ts";
import { beginUnitOfWork, type UnitOfWork } from "./unit-of-work.ts";

export interface ServiceOptions extends Omit<Context, "clock"> {
  readonly dataDirectory: string;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}

/** DynamoDB and DynamoDB Streams on one data directory. */
export interface Service {
  /**
   * What a request needs to be allowed.
   * @throws ServiceError for an operation that there is not, and for what already shows that it must fail
   */
  accessesOf(target: string, body: object): Access[];
  /**
   * Carries out one operation; `target` is as in the `X-Amz-Target` header.
   * @throws ServiceError as AWS would answer; CommitError when the disk refused the writes; anything else is a fault here.
   */
  call(target: string, body: object): Promise<object>;
  /** Deletes expired items, stream records older than 24 hours and used client tokens. */
  sweep(): Promise<void>;
  /** Waits for the writes under way, then closes the data directory. */
  close(): Promise<void>;
}

/** Every transaction of an SDK leaves a token, so they are not read at every sweep. */
const TOKEN_SWEEP_MS = 60_000;

/** The disk refused a batch. Whether it holds is not known before the database is opened again. */
export class CommitError extends Error {
  override readonly name = "CommitError";
}

/**
 * Opens the service.
 * @throws DataDirectoryError when the data directory is in use or damaged.
 */
export async function openService({ dataDirectory, clock = Date.now, ...account }: ServiceOptions): Promise<Service> {
  const context: Context = { ...account, clock };
  const database = await openDatabase(dataDirectory);
  let last: Promise<unknown> = Promise.resolve();
  let tokensSweptAt = 0;

  /** Runs units of work one after the other: this is what makes transactions and conditions serialisable. */
  function exclusively<T>(work: (unit: UnitOfWork) => T | Promise<T>): Promise<T> {
    const result = last.then(async () => {
      const unit = beginUnitOfWork(database);
      const value = await work(unit);
      recordChanges(unit, context);
      const changes = unit.changes();
      if (changes.length === 0) return value;
      try {
        await database.write(changes);
      } catch (error) {
        throw new CommitError("The writes could not be committed", { cause: error });
      }
      expiry.noteChanges(unit);
      return value;
    });
    last = result.catch(() => undefined); // the failure is its caller's; the next unit begins anew
    return result;
  }

  const expiry = expirySweeper(database, context, exclusively);

  return {
    accessesOf(target, body) {
      if (!operations.has(target)) throw unknownOperation();
      return accessesOf(target, body, context);
    },
    async call(target, body) {
      const operation = operations.get(target);
      if (!operation) throw unknownOperation();
      if (operation.exclusive) return exclusively((unit) => operation.handle(unit, body, context));
      return operation.handle(beginUnitOfWork(database), body, context);
    },
    async sweep() {
      await expiry.sweep();
      await trimStreams(database, context, exclusively);
      if (clock() - tokensSweptAt < TOKEN_SWEEP_MS) return;
      tokensSweptAt = clock();
      await removeOldTokens(database, context, exclusively);
    },
    async close() {
      await last;
      await database.close();
    },
  };
}
