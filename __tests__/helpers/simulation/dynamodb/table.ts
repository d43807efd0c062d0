import type { AttributeDefinition, CreateTableCommandInput, KeySchemaElement } from "@aws-sdk/client-dynamodb";
import type { Item } from "../../../../local/services/dynamodb/attribute-value.ts";
import { replica } from "../replica.ts";
import { refused } from "../wire-error.ts";

/** Names of a key's attributes: partition key, and sort key if there is one. All are strings. */
export type KeyNames = readonly string[];

/** Rows that can be queried: a table's, or an index's. */
export interface Rows {
  readonly keys: KeyNames;
  /** What tells apart rows of equal keys: in an index, the table's own key. */
  readonly order: KeyNames;
  items(consistent: boolean): Item[];
}

export interface Table extends Rows {
  readonly name: string;
  readonly hasStream: boolean;
  get(key: Item, consistent: boolean): Item | undefined;
  write(key: Item, item: Item | undefined): void;
  index(name: string): Rows;
}

/** A table in memory whose eventually consistent reads and indexes lag behind. */
export function table(definition: CreateTableCommandInput, now: () => number, lag: () => number): Table {
  const keys = keyNames(definition.KeySchema, definition.AttributeDefinitions);
  const rows = new Map<string, Item>();
  const eventual = replica<Item>(now, lag);
  const indexes = new Map(
    (definition.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => {
      const indexKeys = keyNames(KeySchema, definition.AttributeDefinitions);
      const projected = Projection?.ProjectionType === "KEYS_ONLY" ? new Set([...keys, ...indexKeys]) : undefined;
      return [IndexName ?? "", { keys: indexKeys, projected, entries: replica<Item>(now, lag) }];
    }),
  );
  const name = definition.TableName ?? refused("A table needs a name");

  return {
    ...{ name, keys, order: keys },
    hasStream: definition.StreamSpecification?.StreamEnabled === true,
    items: (consistent) => (consistent ? [...rows.values()] : eventual.rows()),
    get: (key, consistent) => (consistent ? rows.get(keyText(key, keys)) : eventual.get(keyText(key, keys))),
    write(key, item) {
      const text = keyText(key, keys);
      if (item) rows.set(text, item);
      else rows.delete(text);
      eventual.write(text, item);
      for (const { keys: indexKeys, projected, entries } of indexes.values())
        entries.write(text, item && indexKeys.every((name) => name in item) ? project(item, projected) : undefined);
    },
    index(indexName) {
      const index = indexes.get(indexName) ?? refused(`The table does not have the specified index: ${indexName}`);
      return {
        keys: index.keys,
        order: [...index.keys, ...keys],
        items(consistent) {
          if (consistent) refused("Consistent reads are not supported on global secondary indexes");
          return index.entries.rows();
        },
      };
    },
  };
}

/** The attributes of an item's key, and nothing else. */
export const keyOf = (item: Item, names: KeyNames): Item =>
  Object.fromEntries(names.map((name) => [name, { S: stringAt(item, name) }]));

/** The first key that differs decides. */
export function compareKeys(a: Item, b: Item, names: KeyNames): number {
  for (const name of names) {
    const order = Buffer.compare(Buffer.from(stringAt(a, name)), Buffer.from(stringAt(b, name)));
    if (order !== 0) return order;
  }
  return 0;
}

/** The attributes of an item that are wanted; all of them when nothing is said. */
export const project = (item: Item, wanted: ReadonlySet<string> | undefined): Item =>
  wanted ? Object.fromEntries(Object.entries(item).filter(([name]) => wanted.has(name))) : item;

function keyText(key: Item, names: KeyNames): string {
  return names.map((name) => stringAt(key, name)).join("\n");
}

const stringAt = (item: Item, name: string): string =>
  item[name]?.S ?? refused(`The provided key element does not match the schema: ${name}`);

function keyNames(schema: readonly KeySchemaElement[] = [], attributes: readonly AttributeDefinition[] = []): KeyNames {
  return schema.map(({ AttributeName: name = "" }) => {
    const isString = attributes.some(
      ({ AttributeName, AttributeType }) => AttributeName === name && AttributeType === "S",
    );
    if (!isString) throw new Error(`Keys are strings here: ${name} is not`);
    return name;
  });
}
