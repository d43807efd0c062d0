import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import { nameFor, systemOf } from "../system-stack/index.ts";
import { checkProps, wholeNumber } from "../validation/index.ts";
import { isShare, type Metric, type Share, shareQueries } from "./metric.ts";
import type { Runbook } from "./runbooks.ts";

export type { Metric, Share } from "./metric.ts";
export type { Runbook } from "./runbooks.ts";

export interface AlarmProps {
  /** What is watched: a metric, or what share one has in another. */
  readonly metric: Metric | Share;
  /** The alarm sounds at this value and above: in the metric's unit, or in percent. */
  readonly atLeast: number;
  /** Seconds that one value stands for: 10, 30 or a multiple of 60 (Amazon CloudWatch: PutMetricAlarm). @default 300 */
  readonly periodSeconds?: number;
  /** Values in a row that must be too high. @default 1 */
  readonly periods?: number;
  /** What it means, for whoever is woken up. At most 850 characters; the runbook's address is put behind it. */
  readonly description: string;
  /** Where it says what to do. */
  readonly runbook: Runbook;
}

/** An alarm that tells the stage's topics, when it sounds and when it is over. No data counts as good: most metrics are silent when idle. */
export class Alarm extends Construct {
  readonly resource: CloudwatchMetricAlarm;

  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const { metric, atLeast, periodSeconds = 300, periods = 1, description, runbook } = props;
    checkProps(this, [
      [
        !(periodSeconds === 10 || periodSeconds === 30 || (periodSeconds > 0 && periodSeconds % 60 === 0)),
        `periodSeconds is ${periodSeconds}, but must be 10, 30 or a multiple of 60`,
      ],
      wholeNumber("periods", periods, 1, 1440),
      [description.length > 850, `description has ${description.length} characters, but may have 850`],
    ]);
    const { alarmTopicArns, runbooksUrl } = systemOf(this).environment;
    const topics = [...alarmTopicArns];
    this.resource = new CloudwatchMetricAlarm(this, "Resource", {
      alarmName: nameFor("alarm", this),
      alarmDescription: `${description} Runbook: ${runbooksUrl}${runbook}.md`,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: atLeast,
      ...(isShare(metric)
        ? { metricQuery: shareQueries(metric, periodSeconds) }
        : {
            namespace: metric.namespace,
            metricName: metric.name,
            dimensions: { ...metric.dimensions },
            statistic: metric.statistic,
            period: periodSeconds,
          }),
      evaluationPeriods: periods,
      treatMissingData: "notBreaching",
      alarmActions: topics,
      okActions: topics,
    });
  }
}
