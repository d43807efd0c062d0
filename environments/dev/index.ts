import type { EnvironmentInput } from "../schema.ts";

/** For trying things on AWS. Costs next to nothing while idle and may be taken down at any time. */
export const environment = {
  stage: "dev",
  region: "eu-central-1",
  accountId: "111111111111",
  state: { bucket: "armature-state-111111111111", region: "eu-central-1" },
  logRetentionDays: 7,
  logLevel: "DEBUG",
  deletionProtection: false,
  apiGatewayAccountRole: "create",
  systems: {
    "connector-framework": {
      network: { cidr: "10.10.0.0/16", egress: "public-ip" },
      batch: { maxVcpus: 16 },
    },
  },
} satisfies EnvironmentInput;
