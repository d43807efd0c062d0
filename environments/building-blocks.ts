import * as z from "zod";
import { isPrivateNetwork } from "./cidr.ts";

/** What a system says of a network of its own. */
export const network = z.strictObject({
  cidr: z
    .string()
    .refine(
      isPrivateNetwork,
      "must be a private IPv4 block of /16 to /24 that begins at its first address, such as 10.0.0.0/16",
    )
    .describe("The VPC's block. Cannot change once deployed"),
  availabilityZones: z
    .array(z.enum(["a", "b", "c", "d", "e", "f"]))
    .min(2)
    .max(4)
    .refine((zones) => new Set(zones).size === zones.length, "must name each zone once")
    .default(["a", "b"])
    .describe("Letters of the zones to use; not every account has every letter in every region"),
  egress: z
    .enum(["public-ip", "nat"])
    .describe(
      "How tasks reach the outside. `public-ip`: each has an address of its own and no way in, which costs nothing while idle. " +
        "`nat`: from private subnets through one NAT gateway. Interface endpoints are no third way: the one for " +
        "execute-api takes over the names of regional APIs too and answers 403, so no job could report to its own",
    ),
  flowLogs: z.boolean().default(false).describe("Whether the VPC's traffic is logged"),
});

/** What a system says of a REST API. */
export const restApi = z.strictObject({
  throttling: z
    .strictObject({
      rate: z
        .number()
        .min(1)
        .max(10_000)
        .default(100)
        .describe("Requests a second that each operation serves (API Gateway: Quotas, 10 000 an account)"),
      burst: z
        .int()
        .min(1)
        .max(5000)
        .default(200)
        .describe("Requests an operation takes at once (API Gateway: Quotas, 5000 an account)"),
    })
    .prefault({}),
});

/** What a system says of a queue of container jobs. */
export const jobQueue = z.strictObject({
  maxVcpus: z
    .int()
    .min(1)
    .max(10_000)
    .default(64)
    .describe("vCPUs that all running jobs may use together; on Spot as many again"),
  stuckSeconds: z
    .int()
    .min(600)
    .max(86_400)
    .default(1800)
    .describe(
      "Seconds a job may wait at the head of its queue for what will not come before it fails (AWS Batch: Job state time limit actions)",
    ),
});
