import type { Construct } from "constructs";
import { type metricNames, metricsNamespace } from "../../../handlers/connector-framework/contract/metrics.ts";
import type { Metric } from "../../alarm/index.ts";
import { systemOf } from "../../system-stack/index.ts";

type MetricName = (typeof metricNames)[keyof typeof metricNames];

/** Whose metrics those of a system's functions are: `<project>-<stage>-<system>`. */
export const metricsServiceOf = (scope: Construct): string => systemOf(scope).nameOf("tag", "");

/** A metric that the system's functions publish. */
export const metricOf = (scope: Construct, name: MetricName, statistic: Metric["statistic"]): Metric => ({
  namespace: metricsNamespace,
  name,
  dimensions: { service: metricsServiceOf(scope) },
  statistic,
});
