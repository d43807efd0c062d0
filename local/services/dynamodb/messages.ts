import * as z from "zod";
import type { Access } from "../../iam/access.ts";
import type { Decision } from "../../iam/decision.ts";
import type { Principal } from "../../iam/principal.ts";

/** What the server process is told when it starts, as JSON in its first argument. */
export const serverConfig = z.object({
  dataDirectory: z.string(),
  region: z.string(),
  accountId: z.string().regex(/^\d{12}$/),
  port: z.int().min(0).max(65_535),
  /** What session keys are made from. */
  keySecret: z.string(),
  sweepIntervalSeconds: z.number().positive(),
});

export type ServerConfig = z.infer<typeof serverConfig>;

const principal = z.object({
  accountId: z.string(),
  arn: z.string(),
  userId: z.string(),
  roleArn: z.string().exactOptional(),
}) satisfies z.ZodType<Principal>;

const access = z.object({ action: z.string(), resource: z.string() }) satisfies z.ZodType<Access>;

/** What the server process tells its parent, and asks it: what the policies say is known there only. */
export const serverMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready"), port: z.int() }),
  z.object({ type: z.literal("failed"), message: z.string() }),
  z.object({ type: z.literal("decide"), id: z.int(), principal, access }),
]);

const reference = z.object({ policy: z.string(), statement: z.int() });
const decision = z.discriminatedUnion("effect", [
  z.object({ effect: z.literal("allowed"), by: z.union([reference, z.literal("developer")]) }),
  z.object({ effect: z.literal("denied"), by: reference }),
  z.object({ effect: z.literal("not allowed") }),
]) satisfies z.ZodType<Decision>;

/** What the parent answers. */
export const parentMessage = z.object({ type: z.literal("decided"), id: z.int(), decision });

export type ParentMessage = z.infer<typeof parentMessage>;

export type ServerMessage = z.infer<typeof serverMessage>;

/** What the parent sends to stop the server process. */
export const STOP = "stop";
