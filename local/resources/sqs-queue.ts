import { CreateQueueCommand, GetQueueAttributesCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { kind } from "./resource.ts";

const seconds = z.union([z.number(), z.string()]).transform(String).optional();

export const sqsQueue = kind(
  z.object({
    name: z.string(),
    visibility_timeout_seconds: seconds,
    message_retention_seconds: seconds,
    delay_seconds: seconds,
    redrive_policy: z.string().optional(),
  }),
  async (queue, { sqs }) => {
    const attributes = {
      VisibilityTimeout: queue.visibility_timeout_seconds,
      MessageRetentionPeriod: queue.message_retention_seconds,
      DelaySeconds: queue.delay_seconds,
      RedrivePolicy: queue.redrive_policy,
    };
    const set = Object.fromEntries(Object.entries(attributes).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: queue.name }));
    // Set apart from the creation, which refuses a queue from an earlier run whose attributes have changed since.
    if (Object.keys(set).length > 0) await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: set }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
    return { id: QueueUrl, url: QueueUrl, arn: Attributes?.QueueArn };
  },
);
