import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** Sends a JSON message to a queue that is known by its ARN. */
export async function sendToQueue(sqs: SQSClient, queueArn: string, json: string): Promise<void> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueArn.split(":").at(-1) }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: inAscii(json) }));
}

/** The same JSON without characters that the embedded SQS refuses although Amazon's takes them, emoji among them. */
export const inAscii = (json: string) =>
  json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
