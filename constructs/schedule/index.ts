import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule/index.js";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group/index.js";
import { Construct } from "constructs";
import { Alarm } from "../alarm/index.ts";
import type { FunctionName, NodeFunction } from "../function/index.ts";
import { canonicalJson } from "../json/canonical-json.ts";
import { DeadLetterQueue } from "../queue/index.ts";
import { Role } from "../role/index.ts";
import { nameFor, systemOf } from "../system-stack/index.ts";
import { checkProps, wholeNumber } from "../validation/index.ts";

export interface ScheduleProps {
  /** What happens at these times, in a sentence. At most 512 characters (Amazon EventBridge Scheduler: CreateSchedule). */
  readonly description: string;
  /** When: `rate(5 minutes)`, or `cron(0 6 ? * MON-FRI *)` (Amazon EventBridge Scheduler: Schedule types). */
  readonly expression: string;
  /** Time zone of a cron expression, from the IANA database. @default UTC */
  readonly timezone?: string;
  /** The function that is invoked. Give it `onFailure`: Scheduler only hands over, Lambda invokes. */
  readonly target: NodeFunction<FunctionName>;
  /** What the function is given each time. @default an empty object */
  readonly input?: Readonly<Record<string, unknown>>;
  /** Further tries to hand over, 0 to 185. @default 185 */
  readonly maxRetries?: number;
  /** Seconds after which an invocation is given up on, 60 to 86 400: no more than until the next if that does as well. @default 86 400 */
  readonly maxAgeSeconds?: number;
}

/**
 * Invokes a function at set times. In a group of its own, by which its role can trust it and its failures are counted;
 * what cannot be handed over goes to a dead-letter queue of its own.
 *
 * @throws SynthesisError naming each prop that breaks a rule
 */
export class Schedule extends Construct {
  readonly group: SchedulerScheduleGroup;
  readonly role: Role;
  readonly deadLetters: DeadLetterQueue;
  readonly resource: SchedulerSchedule;
  readonly failures: Alarm;

  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    const { description, expression, timezone = "UTC", target, input = {} } = props;
    const { maxRetries = 185, maxAgeSeconds = 86_400 } = props;
    checkProps(this, [
      [description.length > 512, `description has ${description.length} characters, but may have 512`],
      [
        !/^(rate\([1-9]\d* (minute|hour|day)s?\)|cron\(\S+( \S+){5}\))$/.test(expression),
        `expression is "${expression}", but must be rate(<number> <unit>) or cron(<six fields>)`,
      ],
      wholeNumber("maxRetries", maxRetries, 0, 185),
      wholeNumber("maxAgeSeconds", maxAgeSeconds, 60, 86_400),
      [!target.asynchronous, "target has no onFailure: what it fails on would be lost"],
    ]);
    const name = nameFor("schedule", this);
    const functionName = nameFor("function", target);
    this.group = new SchedulerScheduleGroup(this, "Group", { name: nameFor("schedule-group", this) });
    this.role = new Role(this, "Role", {
      assumedBy: "scheduler.amazonaws.com",
      description: `Of schedule ${name}`,
      // The group stands for its schedules (Amazon EventBridge Scheduler: Confused deputy prevention).
      conditions: {
        StringEquals: {
          "aws:SourceAccount": systemOf(this).environment.accountId,
          "aws:SourceArn": this.group.arn,
        },
      },
    });
    this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
      meaning: `EventBridge Scheduler could not hand over to function ${functionName}. Each message is what the function would have been given, its attributes say why. Mend that, then delete them.`,
    });
    this.resource = new SchedulerSchedule(this, "Resource", {
      name,
      groupName: this.group.name,
      description,
      scheduleExpression: expression,
      scheduleExpressionTimezone: timezone,
      state: "ENABLED",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: target.arn,
        roleArn: this.role.arn,
        input: canonicalJson(input),
        retryPolicy: { maximumRetryAttempts: maxRetries, maximumEventAgeInSeconds: maxAgeSeconds },
        deadLetterConfig: { arn: this.deadLetters.arn },
      },
      dependsOn: [grantInvoke(this.role, target), this.deadLetters.grantSend(this)],
    });
    this.failures = new Alarm(this, "Failures", {
      metric: {
        namespace: "AWS/Scheduler",
        name: "TargetErrorCount",
        dimensions: { ScheduleGroup: this.group.name },
        statistic: "Sum",
      },
      atLeast: 1,
      description: `EventBridge Scheduler cannot invoke function ${functionName}, and tries again.`,
      runbook: "schedule-failures",
    });
  }
}

/** lambda:InvokeFunction on a function. */
const grantInvoke = (role: Role, target: NodeFunction<FunctionName>) =>
  role.grant({ verb: "Invoke", target }, { actions: ["lambda:InvokeFunction"], resources: [target.arn] });
