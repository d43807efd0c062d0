import * as z from "zod";

/** What the server process is told when it starts, as JSON in its first argument. */
export const serverConfig = z.object({
  dataDirectory: z.string(),
  region: z.string(),
  accountId: z.string().regex(/^\d{12}$/),
  port: z.int().min(0).max(65_535),
  accessKey: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }).optional(),
  sweepIntervalSeconds: z.number().positive(),
});

export type ServerConfig = z.infer<typeof serverConfig>;

/** What the server process tells its parent. */
export const serverMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready"), port: z.int() }),
  z.object({ type: z.literal("failed"), message: z.string() }),
]);

export type ServerMessage = z.infer<typeof serverMessage>;

/** What the parent sends to stop the server process. */
export const STOP = "stop";
