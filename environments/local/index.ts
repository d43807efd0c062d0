import type { EnvironmentInput } from "../schema.ts";

/** A developer's own machine: `npm start` runs what is synthesized from this. Nothing here reaches AWS. */
export const environment = {
  stage: "local",
  region: "eu-central-1",
  accountId: "000000000000",
  logRetentionDays: 1,
  logLevel: "DEBUG",
  deletionProtection: false,
  systems: {
    "connector-framework": {
      network: { cidr: "10.0.0.0/16", egress: "public-ip" },
      sampleConnector: { imageTag: "1" },
    },
  },
} satisfies EnvironmentInput;
