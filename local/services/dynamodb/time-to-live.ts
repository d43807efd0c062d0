import * as z from "zod";
import type { Context } from "./context.ts";
import { validationError } from "./errors.ts";
import { settingsKey } from "./keyspace.ts";
import { parseRequest } from "./parse-request.ts";
import { existingTable } from "./tables.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

const describeRequest = z.object({ TableName: z.string() });

const updateRequest = z.object({
  TableName: z.string(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string().min(1).max(255), Enabled: z.boolean() }),
});

export function describeTimeToLive(unit: UnitOfWork, body: unknown): object {
  const { TableName } = parseRequest(describeRequest, body);
  existingTable(unit, TableName);
  const attribute = unit.get(settingsKey(TableName))?.timeToLiveAttribute;
  return {
    TimeToLiveDescription:
      attribute === undefined
        ? { TimeToLiveStatus: "DISABLED" }
        : { TimeToLiveStatus: "ENABLED", AttributeName: attribute },
  };
}

export function updateTimeToLive(unit: UnitOfWork, body: unknown, _context: Context): object {
  const { TableName, TimeToLiveSpecification } = parseRequest(updateRequest, body);
  const { AttributeName, Enabled } = TimeToLiveSpecification;
  existingTable(unit, TableName);
  const { timeToLiveAttribute: current, ...others } = unit.get(settingsKey(TableName)) ?? {};
  if (Enabled && current === AttributeName) throw validationError("TimeToLive is already enabled");
  if (!Enabled && current === undefined) throw validationError("TimeToLive is already disabled");
  if (current !== undefined && current !== AttributeName) {
    throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
  }
  unit.put(settingsKey(TableName), { ...others, ...(Enabled && { timeToLiveAttribute: AttributeName }) });
  return { TimeToLiveSpecification };
}
