import { randomUUID } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { listenOnLoopback } from "../../loopback.ts";
import { onlyOwnNames } from "../../signatures/own-names.ts";
import { errorResponse } from "./error-response.ts";
import { requestedService } from "./requested-service.ts";

export interface AbsentServices {
  /** For `AWS_ENDPOINT_URL`: where SDKs go with every service that has no endpoint of its own. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

export interface AbsentServicesOptions {
  /** Told of each service that is asked for, once. @default nothing is said */
  readonly log?: (line: string) => void;
}

/**
 * Answers for every AWS service the stage does not have: 501 and an error that names the service, in whatever protocol
 * it was asked. So nothing that runs on the stage reaches AWS itself.
 */
export async function startAbsentServices({ log }: AbsentServicesOptions = {}): Promise<AbsentServices> {
  const { url, stop } = await listenOnLoopback(createServer(onlyOwnNames(refuseAll(log ?? (() => undefined)))));
  return { endpoint: url, stop };
}

function refuseAll(log: (line: string) => void): RequestListener {
  const told = new Set<string>();
  return (request, response) => {
    const service = requestedService(request);
    const name = service === undefined ? "an AWS service that the request does not name" : `the AWS service ${service}`;
    const message = `The local stage does not have ${name}. Set AWS_ENDPOINT_URL to an AWS-compatible server that has it.`;
    if (!told.has(name)) log(message);
    told.add(name);
    const requestId = randomUUID();
    const { headers, body } = errorResponse(request.headers, service, { code: "NotImplemented", message, requestId });
    request.resume(); // a client that still sends its body would not read the answer
    response.writeHead(501, { ...headers, "x-amzn-requestid": requestId }).end(body);
  };
}
