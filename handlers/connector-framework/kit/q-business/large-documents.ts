import { createHash } from "node:crypto";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { ChangedDocument } from "../sink.ts";

/** Where Amazon Q Business fetches documents that are too large for a call. */
export interface LargeDocuments {
  /** The role with which Amazon Q Business reads the bucket. */
  readonly roleArn: string;
  /** Puts a document there. */
  store(document: ChangedDocument): Promise<{ readonly bucket: string; readonly key: string }>;
}

export interface BucketOptions {
  readonly bucket: string;
  readonly roleArn: string;
  /** What keys begin with. @default "qbusiness-docs/" */
  readonly prefix?: string;
  /** @default one for the region and credentials of the process */
  readonly client?: S3Client;
}

/**
 * A bucket for large documents. Amazon Q Business reads them after the call, so nothing here deletes them: give the
 * bucket a lifecycle rule. Keys are hashes of the documents' ids, and tell nothing of them.
 */
export function largeDocumentsIn(options: BucketOptions): LargeDocuments {
  const { bucket, roleArn, prefix = "qbusiness-docs/" } = options;
  const client = options.client ?? new S3Client({ maxAttempts: 5 });
  return {
    roleArn,
    async store({ id, contents }) {
      const key = `${prefix}${createHash("sha256").update(id).digest("hex")}`;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: contents }));
      return { bucket, key };
    },
  };
}
