import type { IncomingMessage, ServerResponse } from "node:http";
import type { Invocable } from "../functions/invocation.ts";
import type { Authority } from "../iam/authority.ts";
import { readAuthorization } from "../signatures/authorization.ts";
import { SignatureError } from "../signatures/signature-error.ts";
import { type AccessLog, createAccessLog } from "./access-log.ts";
import { type Answer, send, withHeaders } from "./answer.ts";
import { type Call, type Stage, startCall } from "./call.ts";
import { verifyCaller } from "./caller.ts";
import { InvalidApi, parseDocument } from "./document.ts";
import { createGatewayResponses } from "./gateway-responses.ts";
import { maximumPayloadBytes, parseQuery, readBody, splitTarget } from "./http-request.ts";
import { callFunction } from "./lambda-integration.ts";
import { callMock } from "./mock-integration.ts";
import { compileOperations } from "./operations.ts";
import {
  internalServerError,
  malformedRequest,
  missingAuthenticationToken,
  Refusal,
  requestTooLarge,
  signatureRefusal,
  throttled,
} from "./refusal.ts";
import { validateRequest } from "./request-validation.ts";
import { createAdmission } from "./resource-policy.ts";
import { createMethodThrottle, type ThrottleSettings } from "./throttle.ts";

export interface RestApiConfig extends Stage {
  /** The OpenAPI 3.0 body, as JSON, with `x-amazon-apigateway-*` extensions and every reference resolved. */
  readonly document: unknown;
  /** Throttling of each method on its own. @default none */
  readonly throttle?: ThrottleSettings;
  /** Overrides the document's list, as the argument of the resource does. @default the document's */
  readonly binaryMediaTypes?: readonly string[];
  /** Overrides the document's `x-amazon-apigateway-policy`. @default the document's */
  readonly resourcePolicy?: unknown;
  /**
   * The function an integration names by ARN, if the method may invoke it; undefined is answered 500.
   * @param methodArn `<execution ARN>/<stage>/<METHOD>/<resource path>`: the source ARN of the function's permission
   */
  function(lambdaArn: string, methodArn: string): Invocable | undefined;
  /** Knows who calls, and whether their policies let them invoke a method. */
  readonly authority: Pick<Authority, "ownerOf" | "decide">;
  /** @default no access log */
  readonly accessLog?: AccessLog;
  /** The time signatures are checked against. @default the system's */
  readonly clock?: () => Date;
  /** Takes errors of the gateway itself, which the client sees only as 500. @default console.error */
  readonly onInternalError?: (error: unknown, requestId: string) => void;
}

export interface RestApi {
  readonly apiId: string;
  readonly stageName: string;
  /**
   * Answers one request; the response has ended when it resolves. Signatures are checked over `request.url`, the
   * target as the client sent it.
   * @param rawPath path and query within the stage, as sent
   */
  handle(request: IncomingMessage, response: ServerResponse, rawPath: string): Promise<void>;
}

/**
 * A server that answers like an API Gateway REST API made of an OpenAPI body.
 * It is checked whole when it is made: its shape, its operations, its gateway responses, its policy, the log format.
 * @throws InvalidApi with all problems of the first of these that has any
 */
export function createRestApi(config: RestApiConfig): RestApi {
  const { apiId, accountId, region, stageName, authority } = config;
  const stage: Stage = { apiId, accountId, region, stageName };
  const clock = config.clock ?? (() => new Date());
  const document = parseDocument(config.document);
  const router = compileOperations(document);
  const refuse = createGatewayResponses(document["x-amazon-apigateway-gateway-responses"]);
  const binaryMediaTypes = config.binaryMediaTypes ?? document["x-amazon-apigateway-binary-media-types"];
  const admit = createAdmission(authority, config.resourcePolicy ?? document["x-amazon-apigateway-policy"]);
  const takeToken = config.throttle && createMethodThrottle(config.throttle, () => performance.now());
  const logAccess = config.accessLog && checkedAccessLog(config.accessLog);
  const reportInternalError = config.onInternalError ?? logInternalError;

  /** The checks come in API Gateway's order; the first that fails answers. */
  async function answer(call: Call, request: IncomingMessage, body: Buffer | undefined): Promise<Answer> {
    const target = splitTarget(request.url ?? "");
    if (!target.path.startsWith("/") || /(^|\/)\.{1,2}(\/|$)/.test(target.path)) throw malformedRequest();
    const wire = { ...target, method: call.method, query: parseQuery(target.query), headers: call.headers };

    const route = router.find(call.path, call.method);
    if (route === undefined) {
      readAuthorization(wire);
      throw missingAuthenticationToken();
    }
    call.route = route;
    if (body === undefined) throw requestTooLarge();
    call.body = body;
    const { integration, signed } = route.handler;
    if (signed) {
      call.caller = verifyCaller({ ...wire, body }, { region, authority, now: clock() });
    }
    await admit(call);
    if (takeToken?.(route.handler) === false) throw throttled();
    validateRequest(call, route);
    return integration.type === "mock"
      ? callMock(call, integration, binaryMediaTypes)
      : callFunction(call, route, integration, { binaryMediaTypes, findFunction: config.function });
  }

  function asRefusal(error: unknown, { requestId }: Call): Refusal {
    if (error instanceof Refusal) return error;
    if (error instanceof SignatureError) return signatureRefusal(error);
    reportInternalError(error, requestId);
    return internalServerError(500);
  }

  return {
    apiId,
    stageName,
    async handle(request, response, rawPath) {
      const startedAt = performance.now();
      const call = startCall(stage, request, rawPath, clock());
      let body: Buffer | undefined;
      try {
        body = await readBody(request, maximumPayloadBytes);
      } catch {
        // The client went away in the middle of its request: there is nobody to answer.
        response.destroy();
        return;
      }
      const outcome = await answer(call, request, body).catch((error: unknown) => {
        call.refusal = asRefusal(error, call);
        return refuse(call, call.refusal);
      });
      const identified = withHeaders(outcome, [
        ["x-amzn-RequestId", call.requestId],
        ["x-amz-apigw-id", call.extendedRequestId],
      ]);
      await send(response, identified);
      try {
        logAccess?.(call, identified, performance.now() - startedAt);
      } catch (error) {
        reportInternalError(error, call.requestId);
      }
    },
  };
}

function checkedAccessLog(accessLog: AccessLog) {
  try {
    return createAccessLog(accessLog);
  } catch (error) {
    throw new InvalidApi([`access log format: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function logInternalError(error: unknown, requestId: string) {
  console.error(`API gateway, request ${requestId}:`, error);
}
