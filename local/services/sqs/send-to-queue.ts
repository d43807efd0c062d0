import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** The URL of a queue that is known by its ARN. */
export async function queueUrlOf(sqs: SQSClient, queueArn: string): Promise<string | undefined> {
  return (await sqs.send(new GetQueueUrlCommand({ QueueName: queueArn.split(":").at(-1) }))).QueueUrl;
}

/** Sends a JSON message to a queue, with attributes that are text. */
export async function sendToQueue(
  sqs: SQSClient,
  QueueUrl: string | undefined,
  json: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<void> {
  const texts = Object.entries(attributes).map(([name, text]) => [name, { DataType: "String", StringValue: text }]);
  const MessageAttributes = Object.fromEntries(texts);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: inAscii(json), MessageAttributes }));
}

/** The same JSON without characters that the embedded SQS refuses although Amazon's takes them, emoji among them. */
export const inAscii = (json: string) =>
  json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
