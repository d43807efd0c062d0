import {
  BatchDeleteDocumentCommand,
  BatchPutDocumentCommand,
  ConflictException,
  type Document,
  type DocumentContent,
  type FailedDocument,
  QBusinessClient,
  StartDataSourceSyncJobCommand,
  StopDataSourceSyncJobCommand,
  ValidationException,
} from "@aws-sdk/client-qbusiness";
import pRetry from "p-retry";
import type { ChangedDocument, Failure, Sink } from "../sink.ts";
import { describe } from "./document.ts";
import type { LargeDocuments } from "./large-documents.ts";

export interface QBusinessSinkOptions {
  readonly applicationId: string;
  readonly indexId: string;
  /** A custom data source of the index. */
  readonly dataSourceId: string;
  /** Where documents of more than 10 MB go on their way. @default nowhere: they fail */
  readonly large?: LargeDocuments;
  /** @default one for the region and credentials of the process */
  readonly client?: QBusinessClient;
}

/** Documents, and bytes of their contents, in one call (Amazon Q Business API: BatchPutDocument, BatchDeleteDocument). */
const [documentsInCall, bytesInCall] = [10, 10_000_000];

/** Bytes of a document (Amazon Q Business API: DocumentContent, 50 MB). */
const largest = 50 * 1024 * 1024;

/** A sync job that an earlier run left behind takes some time to stop. */
const whileStopping = { retries: 8, minTimeout: 1000, factor: 1.5, maxTimeout: 10_000 };

/**
 * The index of an Amazon Q Business application, through a data source of its own: a run is one of its sync jobs, which
 * is stopped whatever becomes of the run. What is accepted here may still fail when it is indexed, of which the data
 * source's own log tells.
 */
export function qBusinessSink(options: QBusinessSinkOptions): Sink {
  const { applicationId, indexId, dataSourceId, large } = options;
  const client = options.client ?? new QBusinessClient({ maxAttempts: 5, requestHandler: { requestTimeout: 60_000 } });
  const index = { applicationId, indexId };
  let executionId = "";

  async function start(): Promise<string> {
    const { executionId } = await client.send(new StartDataSourceSyncJobCommand({ ...index, dataSourceId }));
    if (executionId === undefined) throw new Error("Amazon Q Business started a sync job without an id");
    return executionId;
  }

  const stop = () => client.send(new StopDataSourceSyncJobCommand({ ...index, dataSourceId }));

  /** @throws Error when the document is larger than Amazon Q Business takes, or than it takes without a bucket */
  async function contentOf(document: ChangedDocument): Promise<DocumentContent> {
    const { length } = document.contents;
    if (length <= bytesInCall) return { blob: document.contents };
    if (length > largest) throw new Error(`it has ${length} bytes, of which Amazon Q Business takes ${largest}`);
    if (!large) throw new Error(`it has ${length} bytes: more than ${bytesInCall} go through a bucket only`);
    return { s3: await large.store(document) };
  }

  /** Where one document makes a whole call invalid, the others go without it. */
  async function put(documents: readonly Document[]): Promise<Failure[]> {
    try {
      const { failedDocuments = [] } = await client.send(
        new BatchPutDocumentCommand({
          ...index,
          documents: [...documents],
          dataSourceSyncId: executionId,
          ...(documents.some(({ content }) => content?.s3) && { roleArn: large?.roleArn }),
        }),
      );
      return failedDocuments.map(failureOf);
    } catch (error) {
      if (!(error instanceof ValidationException)) throw error;
      if (documents.length === 1) return documents.map(({ id = "" }) => ({ id, reason: error.message }));
      const alone = await Promise.all(documents.map((document) => put([document])));
      return alone.flat();
    }
  }

  return {
    limits: { putDocuments: documentsInCall, putBytes: bytesInCall, deleteIds: documentsInCall },

    async begin() {
      executionId = await pRetry(start, {
        ...whileStopping,
        shouldRetry: ({ error }) => error instanceof ConflictException,
        onFailedAttempt: async ({ error }) => {
          // A data source has one sync job at a time, and a connector one run: this one is of a run that was cut off.
          if (error instanceof ConflictException) await stop().catch(() => {});
        },
      });
    },

    async put(changed) {
      const failures: Failure[] = [];
      const documents: Document[] = [];
      for (const document of changed) {
        try {
          const described = describe(document, { dataSourceId, executionId });
          documents.push({ ...described, content: await contentOf(document) });
        } catch (error) {
          failures.push({ id: document.id, reason: error instanceof Error ? error.message : String(error) });
        }
      }
      return documents.length > 0 ? [...failures, ...(await put(documents))] : failures;
    },

    async delete(ids) {
      const documents = ids.map((documentId) => ({ documentId }));
      const { failedDocuments = [] } = await client.send(
        new BatchDeleteDocumentCommand({ ...index, documents, dataSourceSyncId: executionId }),
      );
      return failedDocuments.map(failureOf);
    },

    async finish() {
      await stop();
    },
  };
}

const failureOf = ({ id = "", error }: FailedDocument): Failure => ({
  id,
  reason: [error?.errorCode, error?.errorMessage].filter(Boolean).join(": ") || "Amazon Q Business refused it",
});
