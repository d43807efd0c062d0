import type { Answer } from "./answer.ts";
import { type Call, contextValues } from "./call.ts";
import { type ContextTemplate, escapeJson, parseContextTemplate, renderContextTemplate } from "./context-template.ts";
import { type GatewayResponse, InvalidApi, type RestApiDocument } from "./document.ts";
import type { NameValue } from "./http-request.ts";
import type { Refusal } from "./refusal.ts";

/** AWS: "Mapping template and access logging variable reference", those a gateway response may use. */
const variables = new Set([
  "accountId",
  "apiId",
  "domainName",
  "domainPrefix",
  "error.message",
  "error.messageString",
  "error.responseType",
  "error.validationErrorString",
  "extendedRequestId",
  "httpMethod",
  "identity.sourceIp",
  "identity.userAgent",
  "path",
  "protocol",
  "requestId",
  "requestTime",
  "requestTimeEpoch",
  "resourceId",
  "resourcePath",
  "stage",
]);

interface Compiled {
  readonly statusCode: number | undefined;
  readonly headers: readonly NameValue[];
  readonly template: ContextTemplate | undefined;
}

/**
 * How the gateway words its own refusals: the API's response for the type, else its DEFAULT_4XX or DEFAULT_5XX, else
 * the built-in body. AWS: "Gateway responses for REST APIs in API Gateway".
 * @throws InvalidApi when a template has a variable that is not known here
 */
export function createGatewayResponses(
  descriptions: RestApiDocument["x-amazon-apigateway-gateway-responses"],
): (call: Call, refusal: Refusal) => Answer {
  const problems: string[] = [];
  const responses = new Map<string, Compiled>();
  for (const [type, description] of Object.entries(descriptions)) {
    if (description === undefined) continue;
    try {
      responses.set(type, compile(description));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problems.push(`x-amazon-apigateway-gateway-responses.${type}.responseTemplates.application/json: ${reason}`);
    }
  }
  if (problems.length > 0) throw new InvalidApi(problems);

  return (call, refusal) => {
    const response = responses.get(refusal.type) ?? responses.get(refusal.status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
    const body = response?.template
      ? renderContextTemplate(response.template, contextValues({ ...call, refusal }), { absent: "", quote })
      : refusal.body;
    return {
      status: response?.statusCode ?? refusal.status,
      headers: [
        ["Content-Type", "application/json"],
        ...(response?.headers ?? []),
        ["x-amzn-ErrorType", refusal.errorType],
      ],
      body: Buffer.from(body),
    };
  };
}

function compile({ statusCode, responseParameters, responseTemplates }: GatewayResponse): Compiled {
  const template = responseTemplates["application/json"];
  return {
    statusCode,
    headers: Object.entries(responseParameters).map(([expression, value]) => [
      expression.slice("gatewayresponse.header.".length),
      value.slice(1, -1),
    ]),
    template: template === undefined ? undefined : parseContextTemplate(template, variables),
  };
}

/** Only the list of violations comes escaped, so that it can stand between quotes; messages are raw as they are. */
const quote = (variable: string, value: string) =>
  variable === "error.validationErrorString" ? escapeJson(value) : value;
