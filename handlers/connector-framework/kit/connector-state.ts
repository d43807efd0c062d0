import pRetry from "p-retry";
import type * as z from "zod";
import { type ApiClient, ApiError, NoAnswerError } from "../../runtime/api/client.ts";
import { items } from "../../runtime/api/pages.ts";
import type { connectorFrameworkApi } from "../contract/api.ts";
import { inChunks } from "./chunks.ts";

export type ConnectorFrameworkClient = ApiClient<typeof connectorFrameworkApi>;

/** Text or a JSON object. */
export type CheckpointData = string | Record<string, z.core.util.JSONType>;

/** What the framework keeps for one connector between its runs. */
export type ConnectorState = ReturnType<typeof connectorState>;

/** Documents the API records, and forgets, in one call. */
const [recordedAtOnce, forgottenAtOnce] = [100, 50];

export function connectorState(client: ConnectorFrameworkClient, connectorId: string) {
  const connector = { connector_id: connectorId };
  return {
    /** Every document's checksum by its id: the one thing a run holds of all documents, some 250 bytes each. */
    async checksums(): Promise<Map<string, string>> {
      const recorded = new Map<string, string>();
      const list = items(client, "ListCustomConnectorDocuments", { ...connector, max_results: 100 });
      for await (const { document_id, checksum } of list) recorded.set(document_id, checksum);
      return recorded;
    },

    async record(checksums: ReadonlyMap<string, string>): Promise<void> {
      for (const chunk of inChunks(checksums, recordedAtOnce)) {
        const documents = chunk.map(([document_id, checksum]) => ({ document_id, checksum }));
        await evenIfTwice(() => client.call("BatchPutCustomConnectorDocuments", { ...connector, documents }));
      }
    },

    async forget(ids: Iterable<string>): Promise<void> {
      for (const document_ids of inChunks(ids, forgottenAtOnce))
        await client.call("BatchDeleteCustomConnectorDocuments", { ...connector, document_ids });
    },

    /** The checkpoint; undefined when there is none. */
    async checkpoint(): Promise<unknown> {
      try {
        return (await client.call("GetCustomConnectorCheckpoint", connector)).checkpoint.checkpoint_data;
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      }
    },

    async saveCheckpoint(checkpoint_data: CheckpointData): Promise<void> {
      await client.call("PutCustomConnectorCheckpoint", { ...connector, checkpoint_data });
    },
  };
}

/** Recording a document twice is recording it once, which a client that sends a POST cannot know. */
const evenIfTwice = <Result>(send: () => Promise<Result>): Promise<Result> =>
  pRetry(send, {
    retries: 3,
    minTimeout: 500,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof NoAnswerError || (error instanceof ApiError && error.status >= 500),
  });
