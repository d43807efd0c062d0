import { LogGroup } from "../../constructs/log-group/index.ts";
import { Role } from "../../constructs/role/index.ts";
import type { SystemStack } from "../../constructs/system-stack/index.ts";
import { synthesize } from "./synth.ts";

const clerk = (stack: SystemStack, id = "Clerk") =>
  new Role(stack, id, { assumedBy: "ecs-tasks.amazonaws.com", description: "" });

const logs = (build: (stack: SystemStack) => void, logRetentionDays: 14 | 30 = 14) =>
  synthesize(build, { logRetentionDays });

test("a log group is named for its service and the block whose logs it holds, and kept for as long as the stage says", () => {
  const made = logs((stack) => {
    const of = clerk(stack);
    new LogGroup(of, "Logs", { service: "ecs", of });
  });
  expect(made.one("aws_cloudwatch_log_group")).toEqual({
    name: "/aws/ecs/armature-dev-shop-clerk",
    retention_in_days: 14,
  });
});

test("a name that would be too long for CloudWatch is cut", () => {
  const made = logs((stack) => {
    const of = clerk(stack, "C".repeat(600));
    new LogGroup(stack, "Logs", { service: "verylongservice", of });
  });
  expect(String(made.one("aws_cloudwatch_log_group").name).length).toBeLessThanOrEqual(512);
});

test("a grant writes to its streams only; one role may write to two groups", () => {
  const made = logs((stack) => {
    const of = clerk(stack);
    new LogGroup(stack, "Sales", { service: "ecs", of }).grantWrite(of);
    new LogGroup(stack, "Returns", { service: "ecs", of }).grantWrite(of);
  });
  const ids = Object.keys(made.all("aws_cloudwatch_log_group")).sort();
  expect(made.statements()).toEqual(
    ids.map((id) => ({
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [`\${aws_cloudwatch_log_group.${id}.arn}:*`],
    })),
  );
});
