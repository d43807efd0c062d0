import * as z from "zod";
import { settingsKey } from "./keyspace.ts";
import { parseRequest } from "./parse-request.ts";
import { existingTable } from "./tables.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** AWS: "Point-in-time recovery": 35 days, unless 1 to 35 are asked for. */
const MAX_RECOVERY_DAYS = 35;

const describeRequest = z.object({ TableName: z.string() });

const updateRequest = z.object({
  TableName: z.string(),
  PointInTimeRecoverySpecification: z.object({
    PointInTimeRecoveryEnabled: z.boolean(),
    RecoveryPeriodInDays: z.int().min(1).max(MAX_RECOVERY_DAYS).default(MAX_RECOVERY_DAYS),
  }),
});

/** Reports the setting. No time to restore to is given, because nothing here can be restored. */
export function describeContinuousBackups(unit: UnitOfWork, body: unknown): object {
  const { TableName } = parseRequest(describeRequest, body);
  return description(unit, TableName);
}

export function updateContinuousBackups(unit: UnitOfWork, body: unknown): object {
  const { TableName, PointInTimeRecoverySpecification: wanted } = parseRequest(updateRequest, body);
  existingTable(unit, TableName);
  const { pointInTimeRecovery: _replaced, ...others } = unit.get(settingsKey(TableName)) ?? {};
  unit.put(settingsKey(TableName), {
    ...others,
    ...(wanted.PointInTimeRecoveryEnabled && { pointInTimeRecovery: { days: wanted.RecoveryPeriodInDays } }),
  });
  return description(unit, TableName);
}

function description(unit: UnitOfWork, table: string): object {
  existingTable(unit, table);
  const recovery = unit.get(settingsKey(table))?.pointInTimeRecovery;
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: recovery
        ? { PointInTimeRecoveryStatus: "ENABLED", RecoveryPeriodInDays: recovery.days }
        : { PointInTimeRecoveryStatus: "DISABLED" },
    },
  };
}
