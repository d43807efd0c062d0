import { canonicalJson } from "../json/canonical-json.ts";

/** One statement of an IAM policy that allows exactly these actions on exactly these resources. */
export interface Statement {
  /** Full names: `dynamodb:GetItem`. */
  readonly actions: readonly string[];
  /** ARNs. `*` only for actions that have no resource-level permission (AWS: Service Authorization Reference). */
  readonly resources: readonly string[];
  /** By operator, then by key: `{ StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } }`. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A policy that allows these statements to whoever has it. */
export const allowPolicy = (statements: readonly Statement[]): string => policy(statements.map((one) => allow(one)));

/** A policy that lets a service take on a role. */
export const trustPolicy = (service: string, conditions?: Statement["conditions"]): string =>
  policy([
    {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: service },
      ...(conditions && { Condition: conditions }),
    },
  ]);

/** Who a queue takes messages from, beside those whose own policy allows it. */
export interface Sender {
  /** For example `events.amazonaws.com`. */
  readonly service: string;
  /** ARN of what sends. */
  readonly sourceArn: string;
}

/** A queue's policy: nothing without TLS, and the service that may send, if any. */
export const queuePolicy = (queueArn: string, sender?: Sender): string =>
  policy([
    {
      Sid: "OnlyOverTls",
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: queueArn,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    ...(sender
      ? [
          {
            ...allow({
              actions: ["sqs:SendMessage"],
              resources: [queueArn],
              conditions: { ArnEquals: { "aws:SourceArn": sender.sourceArn } },
            }),
            Principal: { Service: sender.service },
          },
        ]
      : []),
  ]);

const allow = ({ actions, resources, conditions }: Statement) => ({
  Effect: "Allow",
  Action: [...actions].sort(),
  Resource: resources,
  ...(conditions && { Condition: conditions }),
});

const policy = (statements: readonly object[]) => canonicalJson({ Version: "2012-10-17", Statement: statements });
