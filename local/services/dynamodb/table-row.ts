import type { Item } from "./attribute-value.ts";

/** One element of a key: `HASH` first, then `RANGE` if there is one. */
export interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

export interface AttributeDefinition {
  readonly AttributeName: string;
  readonly AttributeType: string;
}

export interface IndexRow {
  readonly IndexName: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly Projection: { readonly ProjectionType?: string; readonly NonKeyAttributes?: readonly string[] };
  readonly [member: string]: unknown;
}

export type StreamViewType = "KEYS_ONLY" | "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES";

/** A table as it is stored, which is also exactly what DescribeTable answers. */
export interface TableRow {
  TableName: string;
  TableArn: string;
  TableStatus: string;
  KeySchema: readonly KeySchemaElement[];
  AttributeDefinitions: readonly AttributeDefinition[];
  GlobalSecondaryIndexes?: readonly IndexRow[];
  LocalSecondaryIndexes?: readonly IndexRow[];
  BillingModeSummary?: { readonly BillingMode?: string };
  StreamSpecification?: { readonly StreamEnabled: true; readonly StreamViewType: StreamViewType };
  LatestStreamArn?: string;
  LatestStreamLabel?: string;
  SSEDescription?: { readonly Status: string; readonly SSEType: string; readonly KMSMasterKeyArn: string };
  TableClassSummary?: { readonly TableClass: string };
  DeletionProtectionEnabled?: boolean;
}

/** The primary key of an item, in the order of the table's key schema. */
export function primaryKey(item: Item, table: TableRow): Item {
  const key: Record<string, Item[string]> = {};
  for (const { AttributeName } of table.KeySchema) {
    const value = item[AttributeName];
    if (value !== undefined) key[AttributeName] = value;
  }
  return key;
}
