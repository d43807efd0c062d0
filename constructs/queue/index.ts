import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { Construct } from "constructs";
import { Alarm } from "../alarm/index.ts";
import { canonicalJson } from "../json/canonical-json.ts";
import { queuePolicy } from "../policy/index.ts";
import type { Grantee } from "../role/index.ts";
import { nameFor } from "../system-stack/index.ts";
import { checkProps, wholeNumber } from "../validation/index.ts";
import { DeadLetterQueue } from "./dead-letter-queue.ts";

export { DeadLetterQueue, type DeadLetterQueueProps } from "./dead-letter-queue.ts";

export interface QueueProps {
  /** Seconds a received message stays hidden, 0 to 43 200. At least 6 × the consumer's timeout (AWS Lambda: Using Lambda with Amazon SQS). @default 30 */
  readonly visibilityTimeoutSeconds?: number;
  /** Receives before a message goes to the dead-letter queue, 1 to 1000. @default 3 */
  readonly maxReceives?: number;
  /** Seconds a message is kept, 60 to 1 209 600 (Amazon SQS: Message quotas). @default 345 600, four days */
  readonly retentionSeconds?: number;
  /** Seconds the oldest message may wait before an alarm sounds. @default 900 */
  readonly oldestMessageAlarmSeconds?: number;
}

/** A standard queue. Encrypted, TLS only, with a dead-letter queue of its own and an alarm for messages that nobody takes. */
export class Queue extends Construct {
  readonly resource: SqsQueue;
  readonly policy: SqsQueuePolicy;
  readonly deadLetters: DeadLetterQueue;
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: QueueProps = {}) {
    super(scope, id);
    const { visibilityTimeoutSeconds = 30, maxReceives = 3, retentionSeconds = 345_600 } = props;
    const { oldestMessageAlarmSeconds = 900 } = props;
    checkProps(this, [
      wholeNumber("visibilityTimeoutSeconds", visibilityTimeoutSeconds, 0, 43_200),
      wholeNumber("maxReceives", maxReceives, 1, 1000),
      wholeNumber("retentionSeconds", retentionSeconds, 60, 1_209_600),
      [
        oldestMessageAlarmSeconds >= retentionSeconds,
        `oldestMessageAlarmSeconds is ${oldestMessageAlarmSeconds}, but messages are dropped after ${retentionSeconds}: no alarm would sound`,
      ],
    ]);
    const name = nameFor("queue", this);
    this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
      meaning: `Each message was received from ${name} ${maxReceives} times and never deleted. Look in the logs of what consumes it, mend that, then have the messages moved back (StartMessageMoveTask) or delete them.`,
    });
    this.resource = new SqsQueue(this, "Resource", {
      name,
      visibilityTimeoutSeconds,
      messageRetentionSeconds: retentionSeconds,
      receiveWaitTimeSeconds: 20,
      sqsManagedSseEnabled: true,
      redrivePolicy: canonicalJson({ deadLetterTargetArn: this.deadLetters.arn, maxReceiveCount: maxReceives }),
    });
    this.policy = new SqsQueuePolicy(this, "Policy", {
      queueUrl: this.resource.url,
      policy: queuePolicy(this.resource.arn),
    });
    this.alarm = new Alarm(this, "NotTaken", {
      metric: {
        namespace: "AWS/SQS",
        name: "ApproximateAgeOfOldestMessage",
        dimensions: { QueueName: this.resource.name },
        statistic: "Maximum",
      },
      atLeast: oldestMessageAlarmSeconds,
      description: `Messages in ${name} are not taken. Look for errors and throttles of what consumes them.`,
      runbook: "function-errors",
    });
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

  /** sqs:ChangeMessageVisibility, sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage on the queue. */
  grantReceive({ role }: Grantee): IamRolePolicy {
    const actions = ["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage"];
    return role.grant(
      { verb: "ReceiveFrom", target: this },
      { actions: actions.map((action) => `sqs:${action}`), resources: [this.arn] },
    );
  }
}
