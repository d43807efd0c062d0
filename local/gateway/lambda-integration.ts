import type { Invocable, InvocationResult } from "../functions/invocation.ts";
import type { Answer } from "./answer.ts";
import { type Call, type IntegrationOutcome, methodArn } from "./call.ts";
import type { LambdaIntegration } from "./document.ts";
import { headerValue } from "./http-request.ts";
import type { Operation } from "./operations.ts";
import { proxyEvent } from "./proxy-event.ts";
import { readProxyResult } from "./proxy-result.ts";
import { integrationTimeout, internalServerError } from "./refusal.ts";
import type { Match } from "./router.ts";

/**
 * Invokes the function of a Lambda proxy integration and turns its result into an answer.
 * @throws Refusal 504 after the integration's timeout, 502 when the function failed or its result is malformed, 500
 * when there is no such function or the method may not invoke it
 */
export async function callFunction(
  call: Call,
  route: Match<Operation>,
  integration: LambdaIntegration,
  {
    binaryMediaTypes,
    findFunction,
  }: {
    readonly binaryMediaTypes: readonly string[];
    findFunction(lambdaArn: string, methodArn: string): Invocable | undefined;
  },
): Promise<Answer> {
  const startedAt = performance.now();
  const done = (outcome: Omit<IntegrationOutcome, "latencyMs">) => {
    call.integration = { ...outcome, latencyMs: performance.now() - startedAt };
  };

  const source = methodArn(call, route.resourcePath);
  const invocable = findFunction(integration.uri, source);
  if (invocable === undefined) {
    done({ error: `there is no function ${integration.uri} that ${source} may invoke` });
    throw internalServerError(500);
  }
  const event = proxyEvent(call, route, binaryMediaTypes);
  const result = await withinTime(invocable.invoke(event), integration.timeoutInMillis);
  if (result === undefined) {
    done({ error: "Execution failed due to a timeout error" });
    throw integrationTimeout();
  }
  const { requestId } = result;
  if (!result.ok) {
    done({ serviceStatus: 200, requestId, error: `${result.error.errorType}: ${result.error.errorMessage}` });
    throw internalServerError(502);
  }
  const answer = readProxyResult(result.payload, { binaryMediaTypes, accept: headerValue(call.headers, "accept") });
  if (typeof answer === "string") {
    done({ serviceStatus: 200, requestId, error: `Malformed Lambda proxy response: ${answer}` });
    throw internalServerError(502);
  }
  done({ serviceStatus: 200, requestId, status: answer.status });
  return { ...answer, headers: [...answer.headers, ["X-Amzn-Trace-Id", call.traceId]] };
}

/** @returns undefined when the time is up first; the function goes on, as on AWS, and nobody waits for it */
async function withinTime(
  invocation: Promise<InvocationResult>,
  milliseconds: number,
): Promise<InvocationResult | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([invocation, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
