import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { Construct } from "constructs";
import { Alarm, type Metric } from "../alarm/index.ts";
import { queuePolicy, type Sender } from "../policy/index.ts";
import type { Grantee } from "../role/index.ts";
import { nameFor } from "../system-stack/index.ts";
import { checkProps, wholeNumber } from "../validation/index.ts";

const secondsOfDay = 86_400;

export interface DeadLetterQueueProps {
  /** What lies in it and what to do about it, for whoever its alarm wakes up. At most 700 characters. */
  readonly meaning: string;
  /** Days a message waits for someone to look at it, 1 to 14 (Amazon SQS: Message quotas). @default 14 */
  readonly retentionDays?: number;
  /** An AWS service that puts messages here by itself. @default none: senders need grantSend */
  readonly sentBy?: Sender;
}

/**
 * Where what could not be processed waits for a person. Encrypted, TLS only, and an alarm sounds as soon as there is
 * anything in it.
 */
export class DeadLetterQueue extends Construct {
  readonly resource: SqsQueue;
  readonly policy: SqsQueuePolicy;
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, { meaning, retentionDays = 14, sentBy }: DeadLetterQueueProps) {
    super(scope, id);
    checkProps(this, [
      wholeNumber("retentionDays", retentionDays, 1, 14),
      [meaning === "" || meaning.length > 700, `meaning has ${meaning.length} characters, but must have 1 to 700`],
    ]);
    const name = nameFor("queue", this);
    this.resource = new SqsQueue(this, "Resource", {
      name,
      messageRetentionSeconds: retentionDays * secondsOfDay,
      sqsManagedSseEnabled: true,
    });
    this.policy = new SqsQueuePolicy(this, "Policy", {
      queueUrl: this.resource.url,
      policy: queuePolicy(this.resource.arn, sentBy),
    });
    this.alarm = new Alarm(this, "NotEmpty", {
      metric: this.depth,
      atLeast: 1,
      description: `${name} is not empty. ${meaning}`,
      runbook: "dead-letters",
    });
  }

  /** Messages in it (Amazon SQS: Available CloudWatch metrics). */
  get depth(): Metric {
    return {
      namespace: "AWS/SQS",
      name: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: this.resource.name },
      statistic: "Maximum",
    };
  }

  get arn(): string {
    return this.resource.arn;
  }

  get url(): string {
    return this.resource.url;
  }

  /** sqs:SendMessage on the queue. */
  grantSend({ role }: Grantee): IamRolePolicy {
    return role.grant({ verb: "SendTo", target: this }, { actions: ["sqs:SendMessage"], resources: [this.arn] });
  }
}
