import type { CloudwatchMetricAlarmMetricQuery } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";

/** A metric of CloudWatch, and how its values of one period become one. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "SampleCount" | "Sum";
}

/** How much of one metric another is, in percent; 0 while there is nothing of it. */
export interface Share {
  readonly part: Metric;
  readonly of: Metric;
}

export const isShare = (watched: Metric | Share): watched is Share => "part" in watched;

/** A share as CloudWatch computes it from its two metrics. */
export function shareQueries({ part, of }: Share, period: number): CloudwatchMetricAlarmMetricQuery[] {
  const query = (id: string, { namespace, name, dimensions, statistic }: Metric) => ({
    id,
    metric: { namespace, metricName: name, dimensions: { ...dimensions }, stat: statistic, period },
    returnData: false,
  });
  const share = { id: "share", expression: "IF(whole > 0, 100 * part / whole, 0)", label: "Percent", returnData: true };
  return [query("part", part), query("whole", of), share];
}
