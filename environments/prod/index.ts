import type { EnvironmentInput } from "../schema.ts";

/** Production. The topic of the alarms must exist before the first deployment. */
export const environment = {
  stage: "prod",
  region: "eu-central-1",
  accountId: "333333333333",
  state: { bucket: "armature-state-333333333333", region: "eu-central-1" },
  logRetentionDays: 365,
  apiGatewayAccountRole: "create",
  alarmTopicArns: ["arn:aws:sns:eu-central-1:333333333333:armature-alarms"],
  systems: {
    "connector-framework": {
      network: { cidr: "10.30.0.0/16", availabilityZones: ["a", "b", "c"], egress: "nat", flowLogs: true },
      api: { throttling: { rate: 500, burst: 1000 } },
      batch: { maxVcpus: 256 },
    },
  },
} satisfies EnvironmentInput;
