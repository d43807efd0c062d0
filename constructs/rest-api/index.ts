import { createHash } from "node:crypto";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment/index.js";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings/index.js";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api/index.js";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage/index.js";
import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import type { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Construct } from "constructs";
import { type Api, authOf, operationNames, operationOf } from "../../handlers/runtime/api/description.ts";
import { gatewayDocument } from "../../handlers/runtime/api/openapi.ts";
import { Alarm, type Metric } from "../alarm/index.ts";
import type { FunctionName, NodeFunction } from "../function/index.ts";
import { canonicalJson } from "../json/canonical-json.ts";
import { LogGroup } from "../log-group/index.ts";
import type { Grantee } from "../role/index.ts";
import { nameFor } from "../system-stack/index.ts";
import { checkProps, wholeNumber } from "../validation/index.ts";
import { accessLogFormat } from "./access-log.ts";
import { importProblems } from "./import-rules.ts";

export interface RestApiProps {
  /** What the API is. */
  readonly api: Api;
  /** The function behind every operation. */
  readonly handler: NodeFunction<FunctionName>;
  /** How many calls are served; more are answered 429. */
  readonly throttling: Throttling;
  /** Last part of the API's URL. @default "prod" */
  readonly stageName?: string;
}

/** Limits that hold for each operation by itself (API Gateway: Quotas; an account has 10 000 a second, 5000 at once). */
export interface Throttling {
  /** Requests a second over time. */
  readonly rate: number;
  /** Requests at one moment: how far calls may run ahead of the rate. */
  readonly burst: number;
}

export type ApiMetric = "4XXError" | "5XXError" | "Count" | "IntegrationLatency" | "Latency";

/** Answers of 5xx that someone has to look at, in percent. */
const failingPercent = 1;

/** Longest the gateway waits for a function, in seconds (API Gateway: Quotas, integration timeout). */
const integrationTimeoutSeconds = 29;

/**
 * A regional REST API in API Gateway, made from an API's description: callers sign with IAM where it says so, requests
 * are checked and throttled, every call is logged (never its body or query) and traced.
 *
 * @throws SynthesisError naming each prop that breaks a rule
 */
export class RestApi extends Construct {
  readonly resource: ApiGatewayRestApi;
  readonly permission: LambdaPermission;
  readonly deployment: ApiGatewayDeployment;
  readonly logs: LogGroup;
  readonly stage: ApiGatewayStage;
  readonly settings: ApiGatewayMethodSettings;
  readonly failures: Alarm;
  readonly #api: Api;
  readonly #stageName: string;

  constructor(scope: Construct, id: string, { api, handler, throttling, stageName = "prod" }: RestApiProps) {
    super(scope, id);
    checkProps(this, [
      [!/^[\w-]{1,128}$/.test(stageName), "stageName must have 1 to 128 letters, digits, hyphens and underscores"],
      [
        handler.timeoutSeconds > integrationTimeoutSeconds,
        `handler may run ${handler.timeoutSeconds} s, but the gateway waits ${integrationTimeoutSeconds}`,
      ],
      [
        !(throttling.rate > 0 && throttling.rate <= 10_000),
        `throttling.rate is ${throttling.rate}, but must be more than 0 and at most 10000`,
      ],
      wholeNumber("throttling.burst", throttling.burst, 1, 5000),
      ...importProblems(api),
    ]);
    this.#api = api;
    this.#stageName = stageName;
    const name = nameFor("rest-api", this);

    this.resource = new ApiGatewayRestApi(this, "Resource", {
      name,
      description: api.description,
      body: terraformText(canonicalJson(gatewayDocument(api, handler.invokeArn))),
      endpointConfiguration: { types: ["REGIONAL"] },
      disableExecuteApiEndpoint: false,
    });
    this.permission = handler.allowInvocationBy(this, {
      service: "apigateway.amazonaws.com",
      sourceArn: `${this.resource.executionArn}/${stageName}/*`,
    });
    this.deployment = new ApiGatewayDeployment(this, "Deployment", {
      restApiId: this.resource.id,
      // A deployment is a snapshot: whatever changes what it holds must make a new one.
      triggers: {
        document: createHash("sha256")
          .update(canonicalJson(gatewayDocument(api, "")))
          .digest("hex"),
        handler: handler.invokeArn,
      },
      lifecycle: { createBeforeDestroy: true },
    });
    this.logs = new LogGroup(this, "AccessLogs", { service: "apigateway", of: this });
    this.stage = new ApiGatewayStage(this, "Stage", {
      restApiId: this.resource.id,
      deploymentId: this.deployment.id,
      stageName,
      xrayTracingEnabled: true,
      accessLogSettings: { destinationArn: this.logs.arn, format: accessLogFormat },
    });
    this.settings = new ApiGatewayMethodSettings(this, "Settings", {
      restApiId: this.resource.id,
      stageName: this.stage.stageName,
      methodPath: "*/*",
      settings: {
        metricsEnabled: true,
        // The gateway's own log would show bodies and lives in a group that never expires; the access log is enough.
        loggingLevel: "OFF",
        dataTraceEnabled: false,
        throttlingRateLimit: throttling.rate,
        throttlingBurstLimit: throttling.burst,
      },
    });
    this.failures = new Alarm(this, "Failures", {
      metric: { part: this.metric("5XXError", "Sum"), of: this.metric("Count", "Sum") },
      atLeast: failingPercent,
      description: `At least ${failingPercent} % of the answers of ${name} are 5xx. Its access log names the operations and requests, the function's log says why.`,
      runbook: "api-failures",
    });
  }

  get id(): string {
    return this.resource.id;
  }

  /** One of the metrics the gateway keeps of the stage (API Gateway: Metrics for REST APIs). */
  metric(name: ApiMetric, statistic: Metric["statistic"]): Metric {
    const dimensions = { ApiName: this.resource.name, Stage: this.stage.stageName };
    return { namespace: "AWS/ApiGateway", name, dimensions, statistic };
  }

  /** URL of the stage, without a slash at the end. */
  get url(): string {
    return this.stage.invokeUrl;
  }

  /**
   * execute-api:Invoke on these operations, by name. @default all that must be signed
   *
   * @param parameters values that parameters of the paths must have; the others may have any
   * @throws SynthesisError when there are none, or the path of one lacks a parameter
   */
  grantInvoke(
    { role }: Grantee,
    operations: readonly string[] = this.#signedOperations(),
    parameters: Readonly<Record<string, string>> = {},
  ): IamRolePolicy {
    const described = operations.map((name) => operationOf(this.#api, name));
    checkProps(this, [
      [operations.length === 0, "api has no operation that must be signed: there is nothing to grant"],
      ...Object.keys(parameters).map((name): [boolean, string] => [
        !described.every(({ path }) => path.includes(`{${name}}`)),
        `api has an operation to grant whose path has no ${name}: it would be granted whatever that is`,
      ]),
    ]);
    const resources = described.map(({ method, path }) => {
      const filled = path.replace(/\{([^}]+)\}/g, (_, name: string) => parameters[name] ?? "*");
      return `${this.resource.executionArn}/${this.#stageName}/${method}${filled}`;
    });
    const chosen = [...operations, ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`)];
    return role.grant({ verb: "Invoke", target: this, chosen }, { actions: ["execute-api:Invoke"], resources });
  }

  #signedOperations(): string[] {
    return operationNames(this.#api).filter((name) => authOf(this.#api, operationOf(this.#api, name)) === "iam");
  }
}

/** JSON that Terraform takes as it is: what would begin one of its templates is written as an escape, but for references. */
const terraformText = (json: string) => json.replace(/\$\{(?!TfToken\[)/g, "\\u0024{").replaceAll("%{", "\\u0025{");
