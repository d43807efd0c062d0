import * as z from "zod";

const nameValue = z.strictObject({ name: z.string().min(1), value: z.string().default("") });

/** The environment of a definition or an override. Batch keeps names beginning AWS_BATCH to itself. */
export const environment = z.array(
  nameValue.refine(({ name }) => !name.startsWith("AWS_BATCH"), {
    message: 'environment variable names cannot start with "AWS_BATCH"',
  }),
);

export const resourceRequirements = z.array(
  z.strictObject({
    type: z.enum(["VCPU", "MEMORY"], { error: "Fargate jobs have VCPU and MEMORY requirements only" }),
    value: z.string(),
  }),
);

/**
 * Variables whose values are read when a container starts. Names are such as the shell that starts it hands on.
 */
const secrets = z.array(
  z.strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a local job's secret has a name of letters, digits and underscores")
      .refine((name) => !name.startsWith("AWS_BATCH"), 'secret names cannot start with "AWS_BATCH"'),
    valueFrom: z.string().min(1),
  }),
);

/** A field AWS has and a local process cannot honour: accepted empty, refused with content. */
const emptyList = (reason: string) =>
  z
    .array(z.unknown())
    .max(0, reason)
    .transform((): never[] => []);

const deprecated = (name: string) =>
  z.undefined({ error: `${name} is not applicable for Fargate. Use resource requirements instead.` }).optional();

/**
 * containerProperties of a Fargate job definition. What a local process cannot give (volumes, another log driver) is
 * refused; what describes only the place it runs in on AWS (roles, network, platform, processor, storage, user,
 * read-only root, init process) is kept, described and has no effect here.
 */
export const containerProperties = z.strictObject({
  image: z.string().regex(/^[A-Za-z0-9_\-:./#@]{1,255}$/, "image is not a valid image name"),
  command: z.array(z.string()).default([]),
  jobRoleArn: z.string().optional(),
  executionRoleArn: z.string({ error: "Fargate jobs require an execution role (executionRoleArn)" }).min(1),
  environment: environment.default([]),
  resourceRequirements: resourceRequirements.default([]),
  vcpus: deprecated("vcpus"),
  memory: deprecated("memory"),
  volumes: emptyList("a local job has no volumes").default([]),
  mountPoints: emptyList("a local job has no mount points").default([]),
  ulimits: emptyList("ulimits is not applicable for Fargate").default([]),
  secrets: secrets.default([]),
  readonlyRootFilesystem: z.boolean().optional(),
  privileged: z.literal(false, { error: "privileged is not applicable for Fargate" }).optional(),
  user: z.string().optional(),
  linuxParameters: z.strictObject({ initProcessEnabled: z.boolean().optional() }).optional(),
  logConfiguration: z
    .strictObject({
      logDriver: z.literal("awslogs", { error: "a local job has the awslogs driver only" }),
      options: z.record(z.string(), z.string()).optional(),
      secretOptions: emptyList("a local job has no secret log options").optional(),
    })
    .optional(),
  networkConfiguration: z.strictObject({ assignPublicIp: z.enum(["ENABLED", "DISABLED"]).optional() }).optional(),
  fargatePlatformConfiguration: z.strictObject({ platformVersion: z.string().optional() }).optional(),
  ephemeralStorage: z.strictObject({ sizeInGiB: z.int().min(21).max(200) }).optional(),
  runtimePlatform: z
    .strictObject({
      operatingSystemFamily: z.literal("LINUX", { error: "a local job has the LINUX family only" }).optional(),
      cpuArchitecture: z.enum(["X86_64", "ARM64"]).optional(),
    })
    .optional(),
});

/**
 * What becomes of a job that waits at the head of its queue for too long. Kept and described; here a job waits for
 * nothing but other jobs, or for ever.
 */
export const jobStateTimeLimitActions = z
  .array(
    z.strictObject({
      reason: z.string().min(1),
      state: z.literal("RUNNABLE"),
      maxTimeSeconds: z.int().min(600).max(86_400),
      action: z.literal("CANCEL", { error: "jobs of Fargate can only be cancelled" }),
    }),
  )
  .max(20);

const pattern = (allowed: RegExp) => z.string().max(512).regex(allowed).optional();

/** At most 5 rules, each with a condition; with them `attempts` must be given (Batch API reference, RetryStrategy). */
export const retryStrategy = z
  .strictObject({
    attempts: z.int().min(1).max(10).optional(),
    evaluateOnExit: z
      .array(
        z
          .strictObject({
            onStatusReason: pattern(/^[A-Za-z0-9.:\s]*\*?$/),
            onReason: pattern(/^[A-Za-z0-9.:\s]*\*?$/),
            onExitCode: pattern(/^[0-9]*\*?$/),
            action: z
              .string()
              .toUpperCase()
              .pipe(z.enum(["RETRY", "EXIT"])),
          })
          .refine((rule) => rule.onStatusReason ?? rule.onReason ?? rule.onExitCode, {
            message: "a rule needs onStatusReason, onReason or onExitCode",
          }),
      )
      .max(5)
      .optional(),
  })
  .refine((strategy) => strategy.evaluateOnExit === undefined || strategy.attempts !== undefined, {
    message: "evaluateOnExit needs attempts",
  })
  .transform(({ attempts = 1, evaluateOnExit = [] }) => ({ attempts, evaluateOnExit }));

export type RetryStrategy = z.output<typeof retryStrategy>;

/** Seconds an attempt may run, from its startedAt. */
export const jobTimeout = z.strictObject({ attemptDurationSeconds: z.int().min(60, "must be at least 60 seconds") });

/** At most 50 (Batch API reference, TagResource). */
export const tags = z
  .record(
    z
      .string()
      .min(1)
      .max(128)
      .refine((key) => !/^aws:/i.test(key), { message: "a tag key cannot start with aws:" }),
    z.string().max(256),
  )
  .refine((map) => Object.keys(map).length <= 50, { message: "at most 50 tags" });

/** Default values of the `Ref::name` placeholders in a command. */
export const parameters = z.record(z.string(), z.string());
