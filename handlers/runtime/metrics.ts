import { MetricUnit, Metrics as PowertoolsMetrics } from "@aws-lambda-powertools/metrics";

/** A value of a metric, and what it counts. */
export interface Measurement {
  readonly value: number;
  readonly unit: "Count" | "Seconds";
}

export const count = (value: number): Measurement => ({ value, unit: "Count" });
export const seconds = (value: number): Measurement => ({ value, unit: "Seconds" });

/** What a function measures about its work. */
export interface Metrics {
  /**
   * Publishes values that belong together, by their names. `dimensions` tell them apart further than by service; values
   * with and without a dimension are different metrics to CloudWatch.
   */
  record(values: Readonly<Record<string, Measurement>>, dimensions?: Readonly<Record<string, string>>): void;
}

/**
 * Metrics of one service, as lines of the log that CloudWatch reads them from (Amazon CloudWatch: Embedded metric
 * format). A line has no level: Lambda takes it for INFO, so a stage whose functions log less has no metrics.
 *
 * @param service whose they are: the dimension `service` of every metric
 */
export function createMetrics(namespace: string, service: string): Metrics {
  return {
    record(values, dimensions = {}) {
      const metrics = new PowertoolsMetrics({ namespace, serviceName: service });
      for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
      for (const [name, { value, unit }] of Object.entries(values)) metrics.addMetric(name, MetricUnit[unit], value);
      metrics.publishStoredMetrics();
    },
  };
}
