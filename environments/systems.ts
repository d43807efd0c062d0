import * as z from "zod";
import { jobQueue, network, restApi } from "./building-blocks.ts";

const connectorFramework = z.strictObject({
  network: network.describe("The VPC that container jobs run in"),
  api: restApi.prefault({}).describe("Limits of its API"),
  batch: jobQueue.prefault({}).describe("Limits of container jobs"),
  connectorRolePath: z
    .string()
    .max(512)
    .regex(/^\/([\w+=,.@-]+\/)+$/, "must be an IAM path: not the root, with a slash at both ends")
    .default("/connectors/")
    .describe("IAM path of the roles that connector jobs may be given; no other role can be passed to them"),
});

/** What each system has a stage decide for it alone, by the system's name. */
export const systems = z.strictObject({ "connector-framework": connectorFramework });
