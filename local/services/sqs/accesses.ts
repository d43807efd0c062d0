import * as z from "zod";
import type { Access } from "../../iam/access.ts";

/** How requests name the queue they are about. */
const request = z.union([
  z.object({ QueueUrl: z.string() }).transform(({ QueueUrl }) => QueueUrl.split("/").at(-1)),
  z.object({ QueueName: z.string() }).transform(({ QueueName }) => QueueName),
  z.object({ SourceArn: z.string() }).transform(({ SourceArn }) => SourceArn.split(":").at(-1)),
]);

/**
 * What a request needs to be allowed; those in batches need what they do one by one. Service Authorization Reference:
 * "Actions, resources, and condition keys for Amazon SQS".
 * @param target as in the `X-Amz-Target` header
 */
export function accessesOf(
  target: string,
  body: Uint8Array,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): Access[] {
  const action = `sqs:${target.replace(/^AmazonSQS\./, "").replace(/Batch$/, "")}`;
  const { data: queue } = request.safeParse(parsed(body));
  return [{ action, resource: queue === undefined ? "*" : `arn:aws:sqs:${region}:${accountId}:${queue}` }];
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined; // SQS says what is wrong with it
  }
}
