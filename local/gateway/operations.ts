import {
  httpMethods,
  InvalidApi,
  type LambdaIntegration,
  type MockIntegration,
  type OperationDescription,
  type RestApiDocument,
} from "./document.ts";
import { createModels, type ModelValidator } from "./models.ts";
import { createRouter, type Router } from "./router.ts";

/** One method of one resource, ready to be called. */
export interface Operation {
  readonly operationId?: string;
  /** Whether callers must sign (AWS_IAM). */
  readonly signed: boolean;
  /** Checked before the body; empty when the operation's validator does not check parameters. */
  readonly requiredParameters: readonly RequiredParameter[];
  /** By media type; empty when the operation's validator does not check bodies. */
  readonly bodyModels: ReadonlyMap<string, ModelValidator>;
  readonly integration: LambdaIntegration | MockIntegration;
}

export interface RequiredParameter {
  readonly name: string;
  readonly in: "header" | "path" | "query";
}

/**
 * The router over every operation of a document.
 * @throws InvalidApi naming every operation API Gateway would not import, or that refers to something not there
 */
export function compileOperations(document: RestApiDocument): Router<Operation> {
  const router = createRouter<Operation>();
  const problems: string[] = [];
  const attempt = (place: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      problems.push(`${place}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  let models: ReturnType<typeof createModels> | undefined;
  attempt("components.schemas", () => {
    models = createModels(document.components.schemas);
  });
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of [...httpMethods, "x-amazon-apigateway-any-method"] as const) {
      const description = item[method];
      if (description === undefined) continue;
      const place = `paths.${path}.${method}`;
      attempt(place, () => {
        const operation: Operation = {
          ...(description.operationId === undefined ? {} : { operationId: description.operationId }),
          signed: mustBeSigned(description, document),
          ...requestValidation(description, document, models),
          integration: checkedIntegration(description),
        };
        const name = method === "x-amazon-apigateway-any-method" ? "ANY" : method.toUpperCase();
        router.add(path, name, operation);
      });
    }
  }
  if (problems.length > 0) throw new InvalidApi(problems);
  return router;
}

function mustBeSigned(description: OperationDescription, { components }: RestApiDocument): boolean {
  const names = description.security.flatMap((requirement) => Object.keys(requirement));
  for (const name of names) {
    if (!Object.hasOwn(components.securitySchemes, name)) throw new Error(`security scheme "${name}" is not described`);
  }
  const auth = description["x-amazon-apigateway-auth"]?.type;
  if (auth === "NONE" && names.length > 0)
    throw new Error("security and x-amazon-apigateway-auth contradict each other");
  return names.length > 0 || auth === "AWS_IAM";
}

function requestValidation(
  description: OperationDescription,
  document: RestApiDocument,
  models: ReturnType<typeof createModels> | undefined,
): Pick<Operation, "requiredParameters" | "bodyModels"> {
  const name =
    description["x-amazon-apigateway-request-validator"] ?? document["x-amazon-apigateway-request-validator"];
  const validators = document["x-amazon-apigateway-request-validators"];
  const validator = name !== undefined && Object.hasOwn(validators, name) ? validators[name] : undefined;
  if (name !== undefined && validator === undefined) throw new Error(`request validator "${name}" is not described`);
  const bodyModels = new Map<string, ModelValidator>();
  for (const [type, { schema }] of Object.entries(description.requestBody?.content ?? {})) {
    // Compiled even when nothing validates with it: the import would fail on a schema that is none.
    const model = models?.(schema);
    if (model !== undefined && validator?.validateRequestBody === true) bodyModels.set(type, model);
  }
  const requiredParameters = validator?.validateRequestParameters
    ? description.parameters.filter(({ required }) => required).sort(byMappingExpression)
    : [];
  return { bodyModels, requiredParameters };
}

/** The order in which missing parameters are listed: `method.request.<place>.<name>`, where a query is `querystring`. */
function byMappingExpression(a: RequiredParameter, b: RequiredParameter): number {
  const [first, second] = [`${a.in}.${a.name}`, `${b.in}.${b.name}`];
  return first < second ? -1 : 1;
}

/** Every status and header a mock integration answers with must be declared on the method. */
function checkedIntegration(description: OperationDescription): Operation["integration"] {
  const integration = description["x-amazon-apigateway-integration"];
  if (integration.type === "mock") {
    for (const { statusCode, responseParameters } of Object.values(integration.responses)) {
      const declared = description.responses[String(statusCode)];
      if (declared === undefined) throw new Error(`the mock answers ${statusCode}, which responses does not declare`);
      const names = new Set(Object.keys(declared.headers).map((name) => name.toLowerCase()));
      for (const expression of Object.keys(responseParameters)) {
        if (!names.has(expression.slice("method.response.header.".length).toLowerCase())) {
          throw new Error(`Invalid mapping expression parameter specified: ${expression}`);
        }
      }
    }
  }
  return integration;
}
