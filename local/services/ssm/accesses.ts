import * as z from "zod";
import type { Access } from "../../iam/access.ts";

const named = z.union([
  z.object({ Name: z.string() }).transform(({ Name }) => [Name]),
  z.object({ Names: z.array(z.string()) }).transform(({ Names }) => Names),
]);

/**
 * What a request needs to be allowed: each of the parameters that it names. Service Authorization Reference: "Actions,
 * resources, and condition keys for AWS Systems Manager".
 */
export function accessesOf(operation: string, input: unknown, arnOfName: (name: string) => string): Access[] {
  const resources = named.safeParse(input).data?.map(arnOfName) ?? ["*"];
  return resources.map((resource) => ({ action: `ssm:${operation}`, resource }));
}
