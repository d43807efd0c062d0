import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import { type ErrorShape, errorStatus, RequestError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import {
  type Api,
  type Input,
  type Operation,
  type OperationName,
  type Output,
  operationNames,
  operationOf,
} from "./description.ts";
import { parseInput, type RawInput } from "./validation.ts";

/** Who calls and how to find the call again, beside what the operation itself receives. */
export interface Caller {
  /** The AWS account that signed the request. */
  readonly accountId: string;
  readonly requestId: string;
}

/** What carries out one operation. */
export type OperationHandler<O extends Operation> = (input: Input<O>, caller: Caller) => Promise<Output<O>>;

/** One function for each operation of an API, typed by its description. */
export type Operations<A extends Api> = {
  readonly [Name in keyof A["operations"]]: OperationHandler<A["operations"][Name]>;
};

type RestHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/**
 * A Lambda handler for a REST API's proxy integration: finds the operation, parses the input, maps the outcome.
 * The gateway routes; this checks everything else again, since the gateway looks at bodies of one content type only.
 *
 * A RequestError goes to the client as it is. Anything else is logged with its stack and answered with a plain 500.
 */
export function restHandler<A extends Api>(api: A, operations: Operations<A>, logger: Logger): RestHandler {
  const add = <Name extends OperationName<A>>(name: Name) => {
    const operation = operationOf(api, name);
    return [routeKey(operation.method, operation.path), route(name, operation, operations[name])] as const;
  };
  const routes = new Map(operationNames(api).map(add));

  return async (event, context) => {
    const { requestId, identity } = event.requestContext;
    const route = routes.get(routeKey(event.httpMethod, event.resource));
    logger.addContext(context);
    logger.appendKeys({ request_id: requestId, operation: route?.name, account_id: identity.accountId });
    try {
      if (!route) throw new RequestError("NotFound", `no operation ${event.httpMethod} ${event.resource}`);
      if (!identity.accountId)
        throw new RequestError("BadRequest", "the request names no AWS account: it must be signed");
      return await route.answer(event, { accountId: identity.accountId, requestId });
    } catch (error) {
      return refuse(error, requestId);
    } finally {
      logger.resetKeys();
    }
  };

  function refuse(error: unknown, requestId: string): APIGatewayProxyResult {
    if (error instanceof RequestError) {
      const { code, message } = error;
      logger.info("refused", { code, ...whatIsWrong(error) });
      return errorAnswer({ code, message, requestId });
    }
    logger.error("failed", { error });
    return errorAnswer({ code: "Internal", message: "Internal server error", requestId });
  }

  function errorAnswer(error: Parameters<ErrorShape["body"]>[0]): APIGatewayProxyResult {
    const { body, types } = api.errorShape;
    return json(errorStatus[error.code], body(error), types && { "x-amzn-ErrorType": types[error.code] });
  }
}

/**
 * What the log tells of a refusal. What is wrong with an input names places in it, and within free content such as a
 * checkpoint those are the client's own words: only the first part of each is told.
 */
const whatIsWrong = ({ code, message }: RequestError) =>
  code === "BadRequest"
    ? { fields: [...new Set(message.split("; ").map((problem) => /^\w*/.exec(problem)?.[0]))] }
    : { reason: message };

const routeKey = (method: string, path: string) => `${method} ${path}`;

interface Route {
  readonly name: string;
  answer(event: APIGatewayProxyEvent, caller: Caller): Promise<APIGatewayProxyResult>;
}

function route<O extends Operation>(name: string, operation: O, carryOut: OperationHandler<O>): Route {
  const { status } = operation.success;
  return {
    name,
    async answer(event, caller) {
      const output = await carryOut(parseInput(operation, rawInput(event)), caller);
      return status === 204 ? { statusCode: status, body: "" } : json(status, output ?? {});
    },
  };
}

const json = (
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyResult => ({
  statusCode,
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(body),
});

function rawInput({ pathParameters, queryStringParameters, body, isBase64Encoded }: APIGatewayProxyEvent): RawInput {
  const text = body !== null && isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body;
  const parameters = Object.entries(present(pathParameters)).map(([name, value]) => [name, decodePath(name, value)]);
  return { parameters: Object.fromEntries(parameters), query: present(queryStringParameters), body: text ?? undefined };
}

const present = (values: Readonly<Record<string, string | undefined>> | null): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/** REST APIs hand path parameters over as they stood in the URL. */
function decodePath(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new RequestError("BadRequest", `${name}: is not valid percent-encoding`);
  }
}
