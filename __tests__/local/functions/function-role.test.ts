import { checkFunctionRole } from "../../../local/functions/function-role.ts";
import type { Declarations, DeclaredFunction } from "../../../local/resources/stage-context.ts";
import { accountId, roleOf } from "../iam/roles.ts";

const region = "eu-central-1";
const streamArn = `arn:aws:dynamodb:${region}:${accountId}:table/t/stream/1`;
const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
const functionArn = `arn:aws:lambda:${region}:${accountId}:function:f`;

const allow = (Action: string | string[], Resource: string) => ({ Effect: "Allow", Action, Resource });
const needed = {
  logs: allow(
    ["logs:CreateLogStream", "logs:PutLogEvents"],
    `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/f:*`,
  ),
  traces: allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),
  stream: allow(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], streamArn),
  given: allow("sqs:SendMessage", queueArn("given-up")),
  records: allow("sqs:SendMessage", queueArn("records")),
};

async function check(statements: readonly object[], changes: Partial<DeclaredFunction> = {}) {
  const { iam, key, principal } = roleOf({ region }, ...statements);
  const declarations: Pick<Declarations, "mappings"> = {
    mappings: [
      {
        ...{ id: "m", streamArn, functionArn, batchSize: 1, batchingWindowSeconds: 0, startingPosition: "LATEST" },
        ...{ filters: [], maximumRetryAttempts: 0, maximumRecordAgeSeconds: -1, bisectOnError: false },
        ...{ reportBatchItemFailures: false, parallelizationFactor: 1, onFailureArn: queueArn("records") },
      },
    ],
  };
  await checkFunctionRole(
    { iam, region, accountId, declarations },
    {
      spec: {
        ...{ name: "f", arn: functionArn, codeDirectory: "/nowhere", handler: "index.handler", environment: {} },
        ...{ timeoutSeconds: 3, memoryMib: 128, region, credentials: key },
      },
      ...{ principal, logGroup: "/aws/lambda/f", traced: true, maximumConcurrency: undefined, permissions: [] },
      asyncSettings: { onFailureArn: queueArn("given-up") },
      ...changes,
    },
  );
}

test("a role that allows what Lambda does for its function by itself passes", async () => {
  await check(Object.values(needed));
});

test.each<[keyof typeof needed, string]>([
  ["logs", "logs:CreateLogStream on arn:aws:logs:eu-central-1:000000000000:log-group:/aws/lambda/f"],
  ["traces", "xray:PutTelemetryRecords on *, xray:PutTraceSegments on *"],
  ["stream", `dynamodb:DescribeStream on ${streamArn}`],
  ["given", `sqs:SendMessage on ${queueArn("given-up")}`],
  ["records", `sqs:SendMessage on ${queueArn("records")}`],
])("one without its %s is named, with what it lacks", async (without, missing) => {
  const others = Object.entries(needed).flatMap(([name, statement]) => (name === without ? [] : [statement]));
  await expect(check(others)).rejects.toThrow(`the role of function f does not allow ${missing}`);
});

test("traces are asked for only when there are any, a destination only when it is set", async () => {
  const { logs, stream, records } = needed;
  await check([logs, stream, records], { traced: false, asyncSettings: {} });
});
