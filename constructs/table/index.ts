import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Construct } from "constructs";
import type { Statement } from "../policy/index.ts";
import type { Grantee, Role } from "../role/index.ts";
import { nameFor, systemOf } from "../system-stack/index.ts";
import { checkProps, SynthesisError } from "../validation/index.ts";
import { type Key, keyAttributes, keyProblems } from "./key.ts";
import { type Projection, projectionOf } from "./projection.ts";

export { binary, type Key, number, string } from "./key.ts";
export type { Projection } from "./projection.ts";

/** A second way to look items up. */
export interface Index {
  readonly partitionKey: Key;
  /** @default none */
  readonly sortKey?: Key;
  /** Which attributes it holds beside the keys. @default "all" */
  readonly projection?: Projection;
}

/** What a stream record shows of the item. */
export type StreamView = "keys-only" | "new-image" | "old-image" | "new-and-old-images";

const viewTypes = {
  "keys-only": "KEYS_ONLY",
  "new-image": "NEW_IMAGE",
  "old-image": "OLD_IMAGE",
  "new-and-old-images": "NEW_AND_OLD_IMAGES",
} as const satisfies Record<StreamView, string>;

export interface TableProps {
  readonly partitionKey: Key;
  /** @default none: one item for each partition key */
  readonly sortKey?: Key;
  /** Global secondary indexes by name, at most 20 (DynamoDB: Service quotas). @default none */
  readonly indexes?: Readonly<Record<string, Index>>;
  /** Attribute that holds an item's end, in whole seconds since 1970. @default items do not expire */
  readonly timeToLive?: string;
  /** What the stream of changes shows; it keeps 24 hours. @default no stream */
  readonly stream?: StreamView;
}

/** Data operations that can be granted. Scan reads whole tables, so it is only ever granted by name. */
export type TableAction =
  | "BatchGetItem"
  | "BatchWriteItem"
  | "ConditionCheckItem"
  | "DeleteItem"
  | "GetItem"
  | "PutItem"
  | "Query"
  | "Scan"
  | "UpdateItem";

const readActions = ["BatchGetItem", "GetItem", "Query"] as const;
const writeActions = ["BatchWriteItem", "ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem"] as const;

/** A table's changes, for a function to consume. */
export interface TableStream {
  /** Whose changes they are. */
  readonly table: Table;
  readonly arn: string;
  /**
   * dynamodb:DescribeStream, GetRecords, GetShardIterator on the stream; dynamodb:ListStreams on the table's streams
   * (DynamoDB: IAM policy to allow a Lambda function to access stream records).
   */
  grantRead(grantee: Grantee): IamRolePolicy;
}

/**
 * A DynamoDB table, billed by request. Encrypted with the account's own key for DynamoDB, restorable to any second of
 * the last 35 days, and protected from deletion where the stage says so.
 *
 * @throws SynthesisError naming each prop that breaks a rule
 */
export class Table extends Construct {
  readonly resource: DynamodbTable;
  readonly #indexNames: readonly string[];
  readonly #stream: StreamView | undefined;

  constructor(scope: Construct, id: string, props: TableProps) {
    super(scope, id);
    const { partitionKey, sortKey, indexes = {}, timeToLive, stream } = props;
    this.#indexNames = Object.keys(indexes).sort();
    this.#stream = stream;
    const keys: [prop: string, key: Key][] = [
      ["partitionKey", partitionKey],
      ...(sortKey ? [["sortKey", sortKey] satisfies [string, Key]] : []),
      ...Object.entries(indexes).flatMap(([name, index]): [string, Key][] => [
        [`indexes.${name}.partitionKey`, index.partitionKey],
        ...(index.sortKey ? [[`indexes.${name}.sortKey`, index.sortKey] satisfies [string, Key]] : []),
      ]),
    ];
    checkProps(this, [
      ...keyProblems(keys),
      [this.#indexNames.length > 20, `indexes has ${this.#indexNames.length} entries, but a table holds at most 20`],
      ...this.#indexNames.map((name): [boolean, string] => [
        !/^[\w.-]{3,255}$/.test(name),
        `indexes.${name} must have 3 to 255 letters, digits, underscores, hyphens and dots`,
      ]),
      [timeToLive === "", "timeToLive must name an attribute"],
      [
        keys.some(([, key]) => key.name === timeToLive && key.type !== "N"),
        `timeToLive is ${timeToLive}, a key that is no number: nothing would ever expire`,
      ],
    ]);
    const { deletionProtection } = systemOf(this).environment;
    this.resource = new DynamodbTable(this, "Resource", {
      name: nameFor("table", this),
      billingMode: "PAY_PER_REQUEST",
      hashKey: partitionKey.name,
      ...(sortKey && { rangeKey: sortKey.name }),
      attribute: keyAttributes(keys),
      globalSecondaryIndex: this.#indexNames.flatMap((name) => {
        const index = indexes[name];
        if (!index) return [];
        return {
          name,
          hashKey: index.partitionKey.name,
          ...(index.sortKey && { rangeKey: index.sortKey.name }),
          ...projectionOf(index.projection ?? "all"),
        };
      }),
      ...(timeToLive && { ttl: { attributeName: timeToLive, enabled: true } }),
      ...(stream && { streamEnabled: true, streamViewType: viewTypes[stream] }),
      serverSideEncryption: { enabled: true },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: deletionProtection,
      lifecycle: { preventDestroy: deletionProtection },
    });
  }

  get name(): string {
    return this.resource.name;
  }

  get arn(): string {
    return this.resource.arn;
  }

  /**
   * The table's stream of changes.
   *
   * @throws SynthesisError when the table has none
   */
  get stream(): TableStream {
    if (!this.#stream)
      throw new SynthesisError([`${this.node.path}: stream must be set for its changes to be consumed`]);
    const arn = this.resource.streamArn;
    const actions = ["DescribeStream", "GetRecords", "GetShardIterator"].map((action) => `dynamodb:${action}`);
    return {
      table: this,
      arn,
      grantRead: ({ role }) =>
        role.grant(
          { verb: "Consume", target: this },
          { actions, resources: [arn] },
          { actions: ["dynamodb:ListStreams"], resources: [`${this.arn}/stream/*`] },
        ),
    };
  }

  /** Exactly these operations on the table itself, not on its indexes. */
  grant({ role }: Grantee, ...actions: readonly TableAction[]): IamRolePolicy {
    return role.grant(
      { verb: "Use", target: this, chosen: actions },
      { actions: actions.map(fullName), resources: [this.arn] },
    );
  }

  /**
   * dynamodb:Query on one index.
   *
   * @throws SynthesisError when the table has no such index
   */
  grantQuery({ role }: Grantee, index: string): IamRolePolicy {
    return this.#grantIndex(role, "Query", index);
  }

  /**
   * dynamodb:Scan of one index: for one that holds but few of the items, as those with an attribute that most have not.
   *
   * @throws SynthesisError when the table has no such index
   */
  grantScan({ role }: Grantee, index: string): IamRolePolicy {
    return this.#grantIndex(role, "Scan", index);
  }

  /** dynamodb:BatchGetItem, GetItem, Query on the table and its indexes. */
  grantRead({ role }: Grantee): IamRolePolicy {
    return role.grant({ verb: "Read", target: this }, this.#reading());
  }

  /** dynamodb:BatchWriteItem, ConditionCheckItem, DeleteItem, PutItem, UpdateItem on the table. */
  grantWrite({ role }: Grantee): IamRolePolicy {
    return role.grant({ verb: "Write", target: this }, this.#writing());
  }

  /** What grantRead and grantWrite allow together. */
  grantReadWrite({ role }: Grantee): IamRolePolicy {
    return role.grant({ verb: "ReadWrite", target: this }, this.#reading(), this.#writing());
  }

  #grantIndex(role: Role, action: "Query" | "Scan", index: string): IamRolePolicy {
    checkProps(this, [[!this.#indexNames.includes(index), `indexes has no ${index} to ${action.toLowerCase()}`]]);
    return role.grant(
      { verb: `${action}${index}Of`, target: this },
      { actions: [fullName(action)], resources: [`${this.arn}/index/${index}`] },
    );
  }

  #reading(): Statement {
    const indexes = this.#indexNames.map((index) => `${this.arn}/index/${index}`);
    return { actions: readActions.map(fullName), resources: [this.arn, ...indexes] };
  }

  #writing(): Statement {
    return { actions: writeActions.map(fullName), resources: [this.arn] };
  }
}

const fullName = (action: TableAction) => `dynamodb:${action}`;
