import { LambdaServiceError } from "../../functions/service-error.ts";
import type { StreamMappingOptions } from "./stream-mapping-options.ts";

/**
 * Refuses settings out of range (AWS: "CreateEventSourceMapping"), all of them at once.
 * @throws LambdaServiceError `InvalidParameterValueException`
 */
export function checkStreamMapping(options: StreamMappingOptions): void {
  const problems: string[] = [];
  const check = (name: string, value: number | undefined, low: number, high: number, unlimited = false) => {
    if (value === undefined || (unlimited && value === -1)) return;
    if (!Number.isInteger(value) || value < low || value > high)
      problems.push(`${name} is ${value}: ${unlimited ? "-1 or " : ""}${low} to ${high}`);
  };
  check("batchSize", options.batchSize, 1, 10_000);
  check("batchingWindowSeconds", options.batchingWindowSeconds, 0, 300);
  check("maximumRetryAttempts", options.maximumRetryAttempts, 0, 10_000, true);
  check("maximumRecordAgeSeconds", options.maximumRecordAgeSeconds, 60, 604_800, true);
  check("parallelizationFactor", options.parallelizationFactor, 1, 10);
  if (problems.length > 0)
    throw new LambdaServiceError("InvalidParameterValueException", `${options.function.arn}: ${problems.join("; ")}`);
}
