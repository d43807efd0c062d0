import { type DynamoDBDocumentClient, GetCommand, type GetCommandInput } from "@aws-sdk/lib-dynamodb";
import { type Connector, storedConnector } from "../model/connector.ts";
import { type ConnectorRef, connectorKey, isConnectorId } from "../model/keys.ts";
import { noConnector } from "./not-found.ts";

export type ConnectorReader = ReturnType<typeof connectorReader>;

/** One connector at a time, as everybody reads it: as it is now. */
export function connectorReader(client: DynamoDBDocumentClient, table: string) {
  /** An id of another form names no connector, and must not reach the other items of the table. */
  async function read(ref: ConnectorRef, options: Partial<GetCommandInput> = {}) {
    if (!isConnectorId(ref.connectorId)) return undefined;
    const request = { TableName: table, Key: connectorKey(ref), ConsistentRead: true, ...options };
    const { Item: item } = await client.send(new GetCommand(request));
    return item;
  }

  async function find(ref: ConnectorRef): Promise<Connector | undefined> {
    const item = await read(ref);
    return item && storedConnector.parse(item);
  }

  return {
    find,

    /** @throws RequestError `NotFound` */
    async get(ref: ConnectorRef): Promise<Connector> {
      const connector = await find(ref);
      if (!connector) throw noConnector(ref.connectorId);
      return connector;
    },

    /** @throws RequestError `NotFound` when there is no such connector */
    async mustExist(ref: ConnectorRef): Promise<void> {
      if (!(await read(ref, { ProjectionExpression: "connector_id" }))) throw noConnector(ref.connectorId);
    },
  };
}
