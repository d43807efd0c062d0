import type { Access } from "../iam/access.ts";
import type { Declarations, DeclaredFunction, StageContext } from "../resources/stage-context.ts";

/** What is known of the stage around the function. */
export interface FunctionRoleContext extends Pick<StageContext, "iam" | "region" | "accountId"> {
  readonly declarations: Pick<Declarations, "mappings">;
}

/**
 * Checks what Lambda does with a function's role of its own accord, which no call on this machine would show: it writes
 * logs and traces, and sends what it gives up on.
 * @throws Error naming the function and every action that its role does not allow
 */
export async function checkFunctionRole(
  { iam, region, accountId, declarations }: FunctionRoleContext,
  { spec, principal, logGroup, traced, asyncSettings }: DeclaredFunction,
): Promise<void> {
  // AWS asks for both with the stream's ARN, although the first is about the group.
  const logStream = `arn:aws:logs:${region}:${accountId}:log-group:${logGroup}:log-stream:any`;
  const mappings = declarations.mappings.filter(({ functionArn }) => functionArn === spec.arn);
  const destinations = [asyncSettings.onFailureArn, ...mappings.map(({ onFailureArn }) => onFailureArn)];
  const needed: Access[] = [
    { action: "logs:CreateLogStream", resource: logStream },
    { action: "logs:PutLogEvents", resource: logStream },
    ...(traced ? ["xray:PutTelemetryRecords", "xray:PutTraceSegments"] : []).map((action) => ({
      action,
      resource: "*",
    })),
    ...mappings.flatMap(({ streamArn }) =>
      ["DescribeStream", "GetRecords", "GetShardIterator"].map((operation) => ({
        action: `dynamodb:${operation}`,
        resource: streamArn,
      })),
    ),
    ...destinations.flatMap((resource) => (resource === undefined ? [] : [{ action: "sqs:SendMessage", resource }])),
  ];
  const decided = await Promise.all(
    needed.map(async (access) => ({ access, decision: await iam.decide(principal, access) })),
  );
  const missing = decided.filter(({ decision }) => decision.effect !== "allowed");
  if (missing.length === 0) return;
  const actions = missing.map(({ access: { action, resource } }) => `${action} on ${resource}`);
  throw new Error(`the role of function ${spec.name} does not allow ${actions.join(", ")}`);
}
