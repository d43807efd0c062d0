import * as z from "zod";
import { jobQueue, network, restApi } from "./building-blocks.ts";

const connectorFramework = z.strictObject({
  network: network.describe("The VPC that container jobs run in"),
  api: restApi.prefault({}).describe("Limits of its API"),
  batch: jobQueue.prefault({}).describe("Limits of container jobs"),
  waitSeconds: z
    .int()
    .min(600)
    .max(604_800)
    .default(21_600)
    .describe("Seconds a job may wait in its queue, behind others too, before it is ended as FAILED"),
  connectorRolePath: z
    .string()
    .max(512)
    .regex(/^\/([\w+=,.@-]+\/)+$/, "must be an IAM path: not the root, with a slash at both ends")
    .default("/connectors/")
    .describe("IAM path of the roles that connector jobs may be given; no other role can be passed to them"),
  connectorImages: z
    .array(
      z
        .string()
        .regex(
          /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[\w./:@*-]+$/,
          "must be the URI of an image in Amazon ECR, in which * stands for anything",
        ),
    )
    .min(1)
    .max(20)
    .optional()
    .describe("Images that connectors may name; without it, all in the stage's own registry"),
  sampleConnector: z
    .strictObject({
      imageTag: z
        .string()
        .regex(/^\w[\w.-]{0,127}$/, "must be the tag of an image")
        .refine((tag) => tag !== "latest", "must be a version: a tag cannot be pushed over")
        .describe("Tag of its image in the repository the stack makes for it"),
      schedule: z
        .string()
        .optional()
        .describe("When its jobs start, `rate(1 hour)` or a cron expression; without it, when somebody starts them"),
    })
    .optional()
    .describe("The sample connector, deployed with the stack; without it there is none"),
  quotas: z
    .strictObject({
      connectors: z.int().min(1).max(100_000).default(200).describe("Connectors an account may have"),
      runningJobs: z
        .int()
        .min(1)
        .max(10_000)
        .default(50)
        .describe("Jobs of an account that may run, or wait to run, at one time"),
    })
    .prefault({})
    .describe("What one account may have of it"),
});

/** What each system has a stage decide for it alone, by the system's name. */
export const systems = z.strictObject({ "connector-framework": connectorFramework });
