import { type BuildAppOptions, buildApp } from "fauxqs";

/**
 * The only file that reaches behind fauxqs's exports. Its own server listens on every interface and its command line
 * keeps nothing on disk; the parts for both are there, but not exported.
 */

type Stores = NonNullable<BuildAppOptions["stores"]>;

interface Persistence {
  load(...stores: [Stores["sqsStore"], Stores["snsStore"], Stores["s3Store"]]): void;
  close(): void;
}

interface Internals {
  readonly SqsStore: new () => Stores["sqsStore"];
  readonly SnsStore: new () => Stores["snsStore"];
  readonly S3Store: new () => Stores["s3Store"];
  readonly PersistenceManager: new (
    dataDirectory: string,
  ) => Persistence & NonNullable<Stores["sqsStore"]["persistence"]>;
}

/** fauxqs's application with its data in a directory, not yet listening. `close()` of it closes the data too. */
export async function persistentFauxqs(dataDirectory: string, region: string) {
  const { SqsStore, SnsStore, S3Store, PersistenceManager } = await internals();
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  const persistence = new PersistenceManager(dataDirectory);
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  stores.sqsStore.persistence = persistence;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
  // Queue URLs then carry the address the caller used, and not a host name that need not resolve.
  Object.assign(stores.sqsStore, { host: undefined });
  const app = buildApp({ logger: false, defaultRegion: region, stores });
  app.addHook("onClose", async () => persistence.close());
  return app;
}

async function internals(): Promise<Internals> {
  const from = async (file: string) => import(new URL(file, import.meta.resolve("fauxqs")).href);
  const [sqs, sns, s3, persistence] = await Promise.all(
    ["./sqs/sqsStore.js", "./sns/snsStore.js", "./s3/s3Store.js", "./persistence.js"].map(from),
  );
  return { ...sqs, ...sns, ...s3, ...persistence };
}
