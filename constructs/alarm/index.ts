import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import { nameFor, systemOf } from "../system-stack/index.ts";
import { checkProps, wholeNumber } from "../validation/index.ts";

export interface AlarmProps {
  readonly metric: {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly statistic: "Average" | "Maximum" | "Minimum" | "SampleCount" | "Sum";
  };
  /** The alarm sounds at this value and above, in the metric's unit. */
  readonly atLeast: number;
  /** Seconds that one value stands for: 10, 30 or a multiple of 60 (Amazon CloudWatch: PutMetricAlarm). @default 300 */
  readonly periodSeconds?: number;
  /** Values in a row that must be too high. @default 1 */
  readonly periods?: number;
  /** What it means and what to do, for whoever is woken up. At most 1024 characters. */
  readonly description: string;
}

/** An alarm that tells the stage's topics, when it sounds and when it is over. No data counts as good: most metrics are silent when idle. */
export class Alarm extends Construct {
  readonly resource: CloudwatchMetricAlarm;

  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const { metric, atLeast, periodSeconds = 300, periods = 1, description } = props;
    checkProps(this, [
      [
        !(periodSeconds === 10 || periodSeconds === 30 || (periodSeconds > 0 && periodSeconds % 60 === 0)),
        `periodSeconds is ${periodSeconds}, but must be 10, 30 or a multiple of 60`,
      ],
      wholeNumber("periods", periods, 1, 1440),
      [description.length > 1024, `description has ${description.length} characters, but may have 1024`],
    ]);
    const topics = [...systemOf(this).environment.alarmTopicArns];
    this.resource = new CloudwatchMetricAlarm(this, "Resource", {
      alarmName: nameFor("alarm", this),
      alarmDescription: description,
      namespace: metric.namespace,
      metricName: metric.name,
      dimensions: { ...metric.dimensions },
      statistic: metric.statistic,
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: atLeast,
      period: periodSeconds,
      evaluationPeriods: periods,
      treatMissingData: "notBreaching",
      alarmActions: topics,
      okActions: topics,
    });
  }
}
