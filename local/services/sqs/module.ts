import { SQSClient } from "@aws-sdk/client-sqs";
import { sqsKinds } from "../../resources/sqs-queue.ts";
import type { Connections, Service, ServiceHost } from "../service.ts";
import { startSqs } from "./index.ts";
import { queueUrlOf, sendToQueue } from "./send-to-queue.ts";

/** Amazon SQS: embedded, or that of another server. */
export async function sqsModule(host: ServiceHost): Promise<Service & Pick<Connections, "sendToQueue">> {
  const endpoint = host.awsEndpoint ?? host.shutdown.services.add(await open(host), "SQS").endpoint;
  const client = new SQSClient(host.client(endpoint));
  return {
    endpointVariables: { AWS_ENDPOINT_URL_SQS: endpoint },
    kinds: sqsKinds(client),
    async sendToQueue(queueArn, body, sender, attributes) {
      // The sender may send, and no more: which URL the queue has is not for it to ask.
      const url = await queueUrlOf(client, queueArn);
      const sending = sender ? new SQSClient(host.client(endpoint, sender)) : client;
      await sendToQueue(sending, url, JSON.stringify(body), attributes).finally(() => sender && sending.destroy());
    },
  };
}

async function open({ data, region, accountId, iam }: ServiceHost) {
  try {
    return await startSqs({ dataDirectory: data.sqs, region, accountId, authority: iam });
  } catch (error) {
    const problem = error instanceof Error ? error.message : error;
    throw new Error(`the SQS data in ${data.sqs} cannot be opened (${problem})`, { cause: error });
  }
}
