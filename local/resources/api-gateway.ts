import * as z from "zod";
import { block, blocks, jsonText } from "./blocks.ts";
import { kind } from "./resource.ts";
import { type DeclaredApi, type DeclaredStage, declare, type StageContext } from "./stage-context.ts";

export const restApi = kind(
  z.object({ name: z.string(), body: jsonText, binary_media_types: z.array(z.string()).optional() }),
  ["description", "disable_execute_api_endpoint", "endpoint_configuration", "fail_on_warnings", "put_rest_api_mode"],
  ({ name, body, binary_media_types: binaryMediaTypes }, context) => {
    const id = name.startsWith(context.namePrefix) ? name.slice(context.namePrefix.length) : name;
    const executionArn = `arn:aws:execute-api:${context.region}:${context.accountId}:${id}`;
    declare(context.declarations.apis, "REST APIs", id, {
      id,
      executionArn,
      document: body,
      binaryMediaTypes,
      stage: undefined,
    });
    return {
      id,
      arn: `arn:aws:apigateway:${context.region}::/restapis/${id}`,
      execution_arn: executionArn,
      root_resource_id: "root",
    };
  },
);

export const deployment = kind(
  z.object({ rest_api_id: z.string() }),
  ["description", "triggers"],
  ({ rest_api_id }) => ({ id: `${rest_api_id}-deployed` }),
);

export const stage = kind(
  z.object({
    rest_api_id: z.string(),
    stage_name: z.string(),
    access_log_settings: block(z.strictObject({ destination_arn: z.string(), format: z.string() })),
  }),
  ["deployment_id", "description", "xray_tracing_enabled"],
  ({ rest_api_id, stage_name, access_log_settings: log }, context) => {
    const api = declaredApi(context, rest_api_id);
    const logGroup = log?.destination_arn.match(/:log-group:([^:]+)/)?.[1];
    api.stage = {
      name: stage_name,
      accessLog: log && logGroup ? { logGroup, format: log.format } : undefined,
      throttle: undefined,
    };
    return {
      id: `${rest_api_id}/${stage_name}`,
      arn: `arn:aws:apigateway:${context.region}::/restapis/${rest_api_id}/stages/${stage_name}`,
      execution_arn: `${api.executionArn}/${stage_name}`,
      invoke_url: `${context.url}/${rest_api_id}/${stage_name}`,
    };
  },
);

export const methodSettings = kind(
  z.object({
    rest_api_id: z.string(),
    stage_name: z.string(),
    method_path: z.literal("*/*", { error: "settings of single methods are not known on this machine" }),
    settings: blocks(
      z.strictObject({
        throttling_rate_limit: z.number().optional(),
        throttling_burst_limit: z.number().optional(),
        data_trace_enabled: z.boolean().optional(),
        logging_level: z.string().optional(),
        metrics_enabled: z.boolean().optional(),
      }),
    ).transform(([one]) => one),
  }),
  [],
  ({ rest_api_id, stage_name, settings }, context, { address }) => {
    const { throttling_rate_limit: rateLimit, throttling_burst_limit: burstLimit } = settings ?? {};
    if (rateLimit !== undefined && burstLimit !== undefined)
      declaredStage(context, rest_api_id, stage_name).throttle = { rateLimit, burstLimit };
    return { id: address };
  },
);

function declaredApi({ declarations }: StageContext, id: string): DeclaredApi {
  const api = declarations.apis.get(id);
  if (!api) throw new Error(`${id} is no API of this stage`);
  return api;
}

function declaredStage(context: StageContext, apiId: string, name: string): DeclaredStage {
  const { stage } = declaredApi(context, apiId);
  if (stage?.name !== name) throw new Error(`${name} is no stage of API ${apiId}`);
  return stage;
}
