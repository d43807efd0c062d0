import type { _Record, AttributeValue, StreamRecord as SdkStreamRecord } from "@aws-sdk/client-dynamodb-streams";

/** A record of a stream, ready to be filtered, batched and sent. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  /** Epoch milliseconds at which DynamoDB took the change. */
  readonly arrivedAt: number;
  /** The item's key, the same text for the same item: records of one item keep their order. */
  readonly itemKey: string;
  /** The record as filters see it: Lambda adds the source's fields only afterwards. */
  readonly content: Readonly<Record<string, unknown>>;
  /** Bytes of `content` as JSON. */
  readonly bytes: number;
}

/** @throws Error for a record without a sequence number, which no stream gives */
export function parseStreamRecord(record: _Record): StreamRecord {
  const { dynamodb } = record;
  const sequenceNumber = dynamodb?.SequenceNumber;
  if (!dynamodb || sequenceNumber === undefined) throw new Error("a stream record has no sequence number");
  const arrival = dynamodb.ApproximateCreationDateTime;
  const content = {
    eventID: record.eventID,
    eventName: record.eventName,
    eventVersion: record.eventVersion,
    dynamodb: changeOf(dynamodb),
    ...(record.userIdentity && {
      userIdentity: { type: record.userIdentity.Type, principalId: record.userIdentity.PrincipalId },
    }),
  };
  const json = JSON.stringify(content);
  return {
    sequenceNumber,
    arrivedAt: arrival?.getTime() ?? Date.now(),
    itemKey: canonicalKey(dynamodb.Keys ?? {}),
    content: JSON.parse(json),
    bytes: Buffer.byteLength(json),
  };
}

/**
 * The event of a batch (AWS: "Using AWS Lambda with Amazon DynamoDB", example event).
 * @param streamArn names the region too
 */
export function streamEvent(records: readonly StreamRecord[], streamArn: string) {
  const source = { eventSource: "aws:dynamodb", awsRegion: streamArn.split(":")[3], eventSourceARN: streamArn };
  return { Records: records.map((record) => ({ ...record.content, ...source })) };
}

function changeOf(change: SdkStreamRecord) {
  const { ApproximateCreationDateTime: arrival, Keys, NewImage, OldImage } = change;
  return {
    ...(arrival && { ApproximateCreationDateTime: Math.floor(arrival.getTime() / 1000) }),
    ...(Keys && { Keys: itemJson(Keys) }),
    ...(NewImage && { NewImage: itemJson(NewImage) }),
    ...(OldImage && { OldImage: itemJson(OldImage) }),
    SequenceNumber: change.SequenceNumber,
    SizeBytes: change.SizeBytes,
    StreamViewType: change.StreamViewType,
  };
}

function itemJson(item: Record<string, AttributeValue>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attributeJson(value)]));
}

/** The wire's form of an attribute: the SDK has made bytes of its base64. */
function attributeJson(value: AttributeValue): unknown {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(attributeJson) };
  if (value.M !== undefined) return { M: itemJson(value.M) };
  return value;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function canonicalKey(keys: Record<string, AttributeValue>): string {
  return JSON.stringify(Object.entries(itemJson(keys)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
