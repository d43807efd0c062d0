import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import type { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Construct } from "constructs";
import type { FunctionName, NodeFunction } from "../function/index.ts";
import { canonicalJson } from "../json/canonical-json.ts";
import { DeadLetterQueue } from "../queue/index.ts";
import { nameFor } from "../system-stack/index.ts";
import { checkProps, wholeNumber } from "../validation/index.ts";

/** Which events, by their members (Amazon EventBridge: Event patterns). */
export interface EventPattern {
  readonly source: readonly string[];
  readonly "detail-type"?: readonly string[];
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface EventRuleProps {
  /** What it waits for, in a sentence. At most 512 characters (Amazon EventBridge: PutRule). */
  readonly description: string;
  readonly pattern: EventPattern;
  /** The function that is told. Give it `onFailure`: EventBridge only hands over, Lambda invokes. */
  readonly target: NodeFunction<FunctionName>;
  /** Further tries to hand an event over, 0 to 185. @default 185 */
  readonly maxRetries?: number;
  /** Seconds after which an event is given up on, 60 to 86 400. @default 86 400 */
  readonly maxAgeSeconds?: number;
}

/** A rule on the default event bus that tells a function. Events it cannot hand over go to a dead-letter queue of its own. */
export class EventRule extends Construct {
  readonly resource: CloudwatchEventRule;
  readonly deadLetters: DeadLetterQueue;
  readonly target: CloudwatchEventTarget;
  readonly permission: LambdaPermission;

  constructor(scope: Construct, id: string, props: EventRuleProps) {
    super(scope, id);
    const { description, pattern, target, maxRetries = 185, maxAgeSeconds = 86_400 } = props;
    checkProps(this, [
      [description.length > 512, `description has ${description.length} characters, but may have 512`],
      [pattern.source.length === 0, "pattern.source is empty: nothing would match"],
      wholeNumber("maxRetries", maxRetries, 0, 185),
      wholeNumber("maxAgeSeconds", maxAgeSeconds, 60, 86_400),
      [!target.asynchronous, "target has no onFailure: an event that it fails on would be lost"],
    ]);
    const service = "events.amazonaws.com";
    this.resource = new CloudwatchEventRule(this, "Resource", {
      name: nameFor("rule", this),
      description,
      eventPattern: canonicalJson(pattern),
    });
    const sender = { service, sourceArn: this.resource.arn };
    this.deadLetters = new DeadLetterQueue(this, "DeadLetters", {
      meaning: `EventBridge could not hand events to function ${nameFor("function", target)}. Each message is a whole event, its attributes say why. Mend that, invoke the function with the events, then delete them.`,
      sentBy: sender,
    });
    this.permission = target.allowInvocationBy(this, sender);
    this.target = new CloudwatchEventTarget(this, "Target", {
      rule: this.resource.name,
      arn: target.arn,
      retryPolicy: { maximumRetryAttempts: maxRetries, maximumEventAgeInSeconds: maxAgeSeconds },
      deadLetterConfig: { arn: this.deadLetters.arn },
      dependsOn: [this.permission, this.deadLetters.policy],
    });
  }
}
