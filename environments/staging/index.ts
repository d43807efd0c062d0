import type { EnvironmentInput } from "../schema.ts";

/** What production will be, rehearsed: the same network and protection, less of everything. */
export const environment = {
  stage: "staging",
  region: "eu-central-1",
  accountId: "222222222222",
  state: { bucket: "armature-state-222222222222", region: "eu-central-1" },
  apiGatewayAccountRole: "create",
  systems: {
    "connector-framework": { network: { cidr: "10.20.0.0/16", egress: "nat" } },
  },
} satisfies EnvironmentInput;
