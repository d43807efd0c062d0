import * as z from "zod";
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import type { MockIntegration } from "./document.ts";
import { headerValue } from "./http-request.ts";
import { isBinaryMediaType, mediaType } from "./media-type.ts";
import { internalServerError, unsupportedMediaType } from "./refusal.ts";

const mockRequest = z.object({ statusCode: z.int() });

/**
 * Answers without any backend, as CORS preflights do: the request template names a status, and the integration
 * response whose pattern fits that status says what is sent. AWS: "Set up mock integrations in API Gateway".
 * @throws Refusal 415 when no template is there for the content type and the integration does not pass bodies through,
 * 500 when nothing names a status
 */
export function callMock(call: Call, mock: MockIntegration, binaryMediaTypes: readonly string[]): Answer {
  const type = mediaType(headerValue(call.headers, "content-type"));
  // A binary body is not converted for the template unless the integration asks for it.
  if (mock.contentHandling === undefined && isBinaryMediaType(type, binaryMediaTypes)) throw internalServerError(500);
  const status = mockStatus(call, mock, type);
  const response =
    Object.entries(mock.responses).find(([pattern]) => pattern !== "default" && matches(pattern, status))?.[1] ??
    mock.responses.default;
  if (response === undefined) throw internalServerError(500);
  return {
    status: response.statusCode,
    headers: [
      ["Content-Type", "application/json"],
      ...Object.entries(response.responseParameters).map(
        ([expression, value]) => [expression.slice("method.response.header.".length), value.slice(1, -1)] as const,
      ),
    ],
    body: Buffer.from(response.responseTemplates["application/json"] ?? ""),
  };
}

function mockStatus(call: Call, { requestTemplates, passthroughBehavior }: MockIntegration, type: string): string {
  const template = Object.hasOwn(requestTemplates, type) ? requestTemplates[type] : undefined;
  const templated = Object.keys(requestTemplates).length > 0;
  if (
    template === undefined &&
    (passthroughBehavior === "never" || (passthroughBehavior === "when_no_templates" && templated))
  ) {
    throw unsupportedMediaType();
  }
  try {
    return mockRequest.parse(JSON.parse(template ?? call.body.toString())).statusCode.toString();
  } catch {
    throw internalServerError(500);
  }
}

const matches = (pattern: string, status: string) => new RegExp(`^(?:${pattern})$`).test(status);
