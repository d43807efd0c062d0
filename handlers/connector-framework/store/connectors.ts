import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { ifConditionHolds, transact } from "../../runtime/dynamodb/contention.ts";
import {
  all,
  conditionExpression,
  exists,
  isBelow,
  isNew,
  isStill,
  updateExpression,
} from "../../runtime/dynamodb/expressions.ts";
import { fillPage, type Page, type PageRequest } from "../../runtime/dynamodb/page.ts";
import type { PageTokens } from "../../runtime/dynamodb/page-token.ts";
import { conflict, limitExceeded } from "../../runtime/errors.ts";
import { type Connector, type ContainerProperties, storedConnector } from "../model/connector.ts";
import {
  type ConnectorRef,
  checkpointKey,
  connectorArn,
  connectorIdPrefix,
  connectorKey,
  deletionKey,
  isConnectorId,
  usageKey,
} from "../model/keys.ts";
import { connectorReader } from "./connector-reader.ts";
import { noConnector } from "./not-found.ts";

export type ConnectorStore = ReturnType<typeof connectorStore>;

/** What a client says about a connector it registers. */
export interface ConnectorRegistration {
  readonly name: string;
  readonly description: string | undefined;
  readonly container_properties: ContainerProperties;
}

/** The members of a connector an update replaces; a null description removes it. */
export interface ConnectorChange {
  readonly name: string | undefined;
  readonly description: string | null | undefined;
  readonly container_properties: ContainerProperties | undefined;
}

/** Times an update is tried when other updates of the same connector come first. */
const updateAttempts = 5;

export interface ConnectorStoreOptions {
  readonly table: string;
  readonly tokens: PageTokens;
  /** Connectors a tenant may have at one time. */
  readonly quota: number;
}

/** Connectors, in the connectors table. */
export function connectorStore(client: DynamoDBDocumentClient, { table, tokens, quota }: ConnectorStoreOptions) {
  const { find, get, mustExist } = connectorReader(client, table);

  /** One more connector, or one less, among those a tenant has. */
  const count = (tenant: string, by: 1 | -1) => ({
    Update: {
      TableName: table,
      Key: usageKey(tenant),
      ...updateExpression({ add: { connectors: by } }, by === 1 ? isBelow("connectors", quota) : undefined),
    },
  });

  return {
    find,
    get,
    mustExist,

    /**
     * @throws RequestError `LimitExceeded` when the tenant has as many as it may; `Conflict` when the id is taken, or what
     *   an earlier connector of that id left behind is still being deleted
     */
    async create(ref: ConnectorRef, registration: ConnectorRegistration, now: Date): Promise<Connector> {
      const connector: Connector = {
        ...connectorKey(ref),
        arn: connectorArn(ref),
        ...registration,
        status: "AVAILABLE",
        created_at: now.toISOString(),
        updated_at: now.toISOString(),
        version: 1,
      };
      const put = { TableName: table, Item: connector, ...conditionExpression(isNew("connector_id")) };
      const nothingLeft = {
        ConditionCheck: { TableName: table, Key: deletionKey(ref), ...conditionExpression(isNew("connector_id")) },
      };
      const [failed] = await transact(client, [{ Put: put }, count(ref.tenant, 1), nothingLeft]);
      if (!failed) return connector;
      // A write whose answer was lost may have been sent anew: what stands in its way is then this very connector.
      const standing = await find(ref);
      if (standing?.created_at === connector.created_at && standing.name === connector.name) return standing;
      if (failed.index === 1) throw limitExceeded(`there are ${quota} connectors already, which is the quota`);
      if (failed.index === 2) throw conflict(`what connector ${ref.connectorId} left behind is still being deleted`);
      throw conflict(`connector ${ref.connectorId} exists already`);
    },

    /** A tenant's connectors by id. */
    async list(tenant: string, { limit, token }: PageRequest): Promise<Page<Connector>> {
      const position = z.strictObject({
        custom_connector_arn_prefix: z.literal(tenant),
        connector_id: z.string().refine(isConnectorId),
      });
      const tokenOf = ({ connector_id }: Connector) =>
        tokens.write({ custom_connector_arn_prefix: tenant, connector_id });
      return fillPage({ limit, start: await tokens.read(position, token), tokenOf }, async (limit, start) => {
        const result = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "custom_connector_arn_prefix = :tenant AND begins_with(connector_id, :prefix)",
            ExpressionAttributeValues: { ":tenant": tenant, ":prefix": connectorIdPrefix },
            Limit: limit,
            ExclusiveStartKey: start,
            ConsistentRead: true,
          }),
        );
        return { items: z.array(storedConnector).parse(result.Items ?? []), last: result.LastEvaluatedKey };
      });
    },

    /**
     * Changes a connector by what `decide` makes of its present state, again when someone else was faster.
     *
     * @throws RequestError `NotFound`; `Conflict` when others were faster each time; whatever `decide` throws
     */
    async update(ref: ConnectorRef, decide: (present: Connector) => ConnectorChange, now: Date): Promise<Connector> {
      for (let attempt = 1; attempt <= updateAttempts; attempt++) {
        const present = await get(ref);
        const { description, ...rest } = decide(present);
        const clear = description === null ? { remove: ["description"] } : { set: { description } };
        const set = { ...rest, ...clear.set, updated_at: now.toISOString(), version: present.version + 1 };
        const unchanged = all(exists("connector_id"), isStill("version", present.version));
        const command = new UpdateCommand({
          TableName: table,
          Key: connectorKey(ref),
          ...updateExpression({ ...clear, set }, unchanged),
          ReturnValues: "ALL_NEW",
        });
        const result = await ifConditionHolds(() => client.send(command));
        if (result) return storedConnector.parse(result.Attributes);
      }
      throw conflict(`connector ${ref.connectorId} was modified by another process: read it again and retry`);
    },

    /**
     * Removes a connector and notes, in the same transaction, that what it leaves behind is to be deleted.
     *
     * @throws RequestError `NotFound`; `Conflict` while a job holds the connector
     */
    async remove(ref: ConnectorRef, now: Date): Promise<void> {
      if (!isConnectorId(ref.connectorId)) throw noConnector(ref.connectorId);
      const notInUse = { expression: "#status <> :in_use", values: { ":in_use": "IN_USE" } };
      const [failed] = await transact(client, [
        {
          Delete: {
            TableName: table,
            Key: connectorKey(ref),
            ...conditionExpression(all(exists("connector_id"), notInUse)),
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          },
        },
        { Delete: { TableName: table, Key: checkpointKey(ref) } },
        { Put: { TableName: table, Item: { ...deletionKey(ref), deletion_requested_at: now.toISOString() } } },
        count(ref.tenant, -1),
      ]);
      if (failed?.itemExists) throw conflict(`connector ${ref.connectorId} is in use by a job`);
      if (failed) throw noConnector(ref.connectorId);
    },
  };
}
