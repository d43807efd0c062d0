import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";

const consumed = z.object({ CapacityUnits: z.number() });
const output = z.object({
  output: z.looseObject({
    ConsumedCapacity: z.union([consumed.transform((one) => [one]), z.array(consumed)]).optional(),
  }),
});

/** What DynamoDB was asked since the last look. */
export interface Reading {
  /** Capacity units, as DynamoDB tells them. */
  readonly units: number;
  /** Requests, by their operation. */
  readonly requests: Readonly<Record<string, number>>;
}

/** Reads off what a client's requests cost, whoever sends them. */
export function meter(client: DynamoDBDocumentClient): { read(): Reading } {
  let units = 0;
  let requests: Record<string, number> = {};
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: "TOTAL" });
        const result = await next(args);
        const name = commandName.replace(/Command$/, "");
        requests[name] = (requests[name] ?? 0) + 1;
        for (const { CapacityUnits } of output.parse(result).output.ConsumedCapacity ?? []) units += CapacityUnits;
        return result;
      },
    { step: "initialize", name: "meter" },
  );
  return {
    read() {
      const reading = { units, requests };
      units = 0;
      requests = {};
      return reading;
    },
  };
}
