import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import * as z from "zod";
import { kind, type ResourceKinds } from "./resource.ts";

/** What a stack's resources make in SQS. */
export const sqsKinds = (sqs: SQSClient): ResourceKinds => new Map([["aws_sqs_queue", queue(sqs)]]);

/** A whole number, which Terraform writes as a number or as text. */
const whole = z.union([z.number(), z.string()]).transform(String).optional();

const queue = (sqs: SQSClient) =>
  kind(
    z.object({
      name: z.string(),
      visibility_timeout_seconds: whole,
      message_retention_seconds: whole,
      delay_seconds: whole,
      receive_wait_time_seconds: whole,
      max_message_size: whole,
      redrive_policy: z.string().optional(),
      fifo_queue: z.boolean().default(false),
      content_based_deduplication: z.boolean().default(false),
    }),
    ["sqs_managed_sse_enabled"],
    async (queue) => {
      const kindOfQueue = queue.fifo_queue ? { FifoQueue: "true" } : {};
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: queue.name, Attributes: kindOfQueue }));
      // Set apart from the creation, which refuses a queue from an earlier run whose attributes have changed since; what
      // the stack does not say any more goes back to Amazon SQS's default (API Reference: SetQueueAttributes).
      const attributes = {
        VisibilityTimeout: queue.visibility_timeout_seconds ?? "30",
        MessageRetentionPeriod: queue.message_retention_seconds ?? "345600",
        DelaySeconds: queue.delay_seconds ?? "0",
        ReceiveMessageWaitTimeSeconds: queue.receive_wait_time_seconds ?? "0",
        RedrivePolicy: queue.redrive_policy ?? "",
        ...(queue.max_message_size !== undefined && { MaximumMessageSize: queue.max_message_size }),
        ...(queue.fifo_queue && { ContentBasedDeduplication: String(queue.content_based_deduplication) }),
      };
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributes }));
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
      return { id: QueueUrl, url: QueueUrl, arn: Attributes?.QueueArn };
    },
  );
