import * as z from "zod";
import { systems } from "./systems.ts";

export const stages = ["local", "dev", "staging", "prod"] as const;

/** One of the places the systems run in. `local` is a developer's own machine. */
export type Stage = (typeof stages)[number];

/** The account that stands for a developer's own machine. */
export const localAccountId = "000000000000";

/** Days CloudWatch Logs can keep events (Amazon CloudWatch Logs API: PutRetentionPolicy). */
export const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be the name of an AWS region, such as eu-central-1");

const stateBackend = z.strictObject({
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, "must be 3 to 63 lower-case letters, digits and hyphens")
    .describe("S3 bucket that holds Terraform's state and its locks; exists before the first deployment"),
  region: region.describe("Region of the bucket"),
  keyPrefix: z
    .string()
    .regex(/^([a-z0-9-]+\/)*$/, "must be empty, or folders that each end with a slash")
    .default("")
    .describe("Put before each state's key, `<system>/terraform.tfstate`, when stages share a bucket"),
});

const tagText = z
  .string()
  .max(256)
  .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, "holds a character that a tag may not have");

/** Tags every resource has anyway. Compared without case, as IAM does (IAM User Guide: Tags for AWS Identity and Access Management resources). */
const ownTags = ["project", "stage", "system", "managed-by"];

const tags = z
  .record(
    tagText
      .min(1)
      .max(128)
      .refine((key) => !key.toLowerCase().startsWith("aws:"), "must not begin with aws:")
      .refine((key) => !ownTags.includes(key.toLowerCase()), "is set by Armature itself"),
    tagText,
  )
  .refine((all) => Object.keys(all).length <= 40, "at most 40 tags")
  .refine(
    (all) => new Set(Object.keys(all).map((key) => key.toLowerCase())).size === Object.keys(all).length,
    "must not have two keys that differ in case only",
  );

/** Every value of a stage, each by itself; rules over several are in `rules.ts`. */
export const environmentSchema = z.strictObject({
  stage: z.enum(stages).describe("Name of the folder"),
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,18}[a-z0-9]$/, "must be 2 to 20 lower-case letters, digits and hyphens")
    .default("armature")
    .describe("First part of every name. Cannot change once deployed"),
  region: region.describe("Region everything is in. Cannot change once deployed"),
  accountId: z
    .string()
    .regex(/^\d{12}$/, "must be 12 digits")
    .describe(`The one account Terraform may touch; ${localAccountId} on stage local`),
  state: stateBackend.optional().describe("Where Terraform keeps its state; none on stage local"),
  logRetentionDays: z.literal(logRetentionDays).default(30).describe("Days that logs are kept"),
  logLevel: z
    .enum(["DEBUG", "INFO"])
    .default("INFO")
    .describe("Least severe line functions log; no more than INFO, since metrics are lines of that level"),
  deletionProtection: z
    .boolean()
    .default(true)
    .describe(
      "Whether Terraform and AWS refuse to delete what holds data; turn it off in a deployment of its own first",
    ),
  alarmTopicArns: z
    .array(z.string().regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, "must be the ARN of an SNS topic"))
    .max(5)
    .default([])
    .describe("SNS topics that hear of alarms (Amazon CloudWatch: PutMetricAlarm, 5 actions)"),
  runbooksUrl: z
    .string()
    .max(150)
    .regex(/\/$/, "must end with a slash")
    .default("docs/runbooks/")
    .describe("Where the pages of docs/runbooks are published, with a slash at the end: every alarm links to its own"),
  apiGatewayAccountRole: z
    .enum(["create", "exists"])
    .default("exists")
    .describe("API Gateway has one role for logs per account and region: `create` it here, or it `exists` already"),
  tags: tags.default({}).describe("Further tags of every resource: owner, cost centre"),
  systems: systems.describe("What each system has the stage decide for it alone"),
});

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** Everything a stage decides, checked and with defaults filled in. */
export type Environment = DeepReadonly<z.output<typeof environmentSchema>>;

/** What a stage's folder says: only what differs from the defaults. */
export type EnvironmentInput = DeepReadonly<z.input<typeof environmentSchema>>;

/** What holds for a whole stage, whichever system it is of. */
export type StageFacts = Omit<Environment, "systems">;
