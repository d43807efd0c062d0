import type { EnvironmentInput } from "../schema.ts";

/** Production. The topic of the alarms must exist before the first deployment. */
export const environment = {
  stage: "prod",
  region: "eu-central-1",
  accountId: "333333333333",
  state: { bucket: "armature-state-333333333333", region: "eu-central-1" },
  network: { cidr: "10.30.0.0/16", availabilityZones: ["a", "b", "c"], egress: "nat", flowLogs: true },
  logRetentionDays: 365,
  apiGatewayAccountRole: "create",
  api: { throttlingRate: 500, throttlingBurst: 1000 },
  batch: { maxVcpus: 256 },
  alarmTopicArns: ["arn:aws:sns:eu-central-1:333333333333:armature-alarms"],
} satisfies EnvironmentInput;
