import type { Item } from "./attribute-value.ts";
import type { KeySchemaElement, StreamViewType } from "./table-row.ts";

/** One stream of a table. A table has at most one that is enabled, and keeps the disabled ones for 24 hours. */
export interface StreamRow {
  readonly tableName: string;
  readonly tableArn: string;
  /** The time the stream was made, which is also the last part of its ARN. */
  readonly label: string;
  readonly viewType: StreamViewType;
  readonly keySchema: readonly KeySchemaElement[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Sequence number before the stream's first record. */
  readonly startsAfter: number;
  /** Sequence number of the last record removed because of its age; `startsAfter` if none was. */
  readonly trimmedThrough: number;
  /** Set once the stream is disabled: when, in milliseconds, and the last sequence number it can have. */
  readonly disabled?: { readonly at: number; readonly endsAt: number };
}

/** Who deleted an item, if it was not a client. */
export interface UserIdentity {
  readonly PrincipalId: string;
  readonly Type: string;
}

/** A stream record as it is stored; the wire form is made from it when it is read. */
export interface StreamRecordRow {
  readonly eventId: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly sequence: number;
  readonly keys: Item;
  readonly newImage?: Item;
  readonly oldImage?: Item;
  readonly sizeBytes: number;
  readonly userIdentity?: UserIdentity;
}
