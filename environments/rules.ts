import { type Environment, localAccountId } from "./schema.ts";

/** The values that are right by themselves, while others may be wrong or missing. */
export type SoundValues = { readonly [Name in keyof Environment]?: Environment[Name] | undefined };

/** A rule over several values: what it is about, what it demands, and whether the values that are right so far keep it. */
interface Rule {
  readonly field: string;
  readonly demand: string;
  readonly holds: (values: SoundValues) => boolean;
}

const onProd =
  (holds: Rule["holds"]): Rule["holds"] =>
  (values) =>
    values.stage !== "prod" || holds(values);
const known = <T>(value: T | undefined, holds: (value: T) => boolean) => value === undefined || holds(value);

/** Days of logs that production keeps at least. */
const productionLogDays = 90;

export const rules: readonly Rule[] = [
  {
    field: "accountId",
    demand: `must be ${localAccountId} on stage local, and no other stage may use that`,
    holds: ({ stage, accountId }) =>
      known(stage, (stage) => known(accountId, (id) => (stage === "local") === (id === localAccountId))),
  },
  {
    field: "state",
    demand: "must be given, except on stage local, which keeps its state beside the stack",
    holds: ({ stage, state }) => known(stage, (stage) => (stage === "local") === (state === undefined)),
  },
  {
    field: "alarmTopicArns",
    demand: "must be topics in the stage's own region: alarms reach no other",
    holds: ({ region, alarmTopicArns }) =>
      known(region, (region) => known(alarmTopicArns, (arns) => arns.every((arn) => arn.split(":")[3] === region))),
  },
  {
    field: "api.throttlingBurst",
    demand: "must be at least throttlingRate, or the rate can never be reached",
    holds: ({ api }) => known(api, ({ throttlingRate, throttlingBurst }) => throttlingBurst >= throttlingRate),
  },
  {
    field: "deletionProtection",
    demand: "must be true on stage prod",
    holds: onProd(({ deletionProtection }) => known(deletionProtection, (protection) => protection)),
  },
  {
    field: "alarmTopicArns",
    demand: "must name a topic on stage prod: an alarm that nobody hears is none",
    holds: onProd(({ alarmTopicArns }) => known(alarmTopicArns, (arns) => arns.length > 0)),
  },
  {
    field: "logRetentionDays",
    demand: `must be at least ${productionLogDays} on stage prod`,
    holds: onProd(({ logRetentionDays }) => known(logRetentionDays, (days) => days >= productionLogDays)),
  },
  {
    field: "logLevel",
    demand: "must not be DEBUG on stage prod",
    holds: onProd(({ logLevel }) => logLevel !== "DEBUG"),
  },
  {
    field: "network.egress",
    demand: "must be nat or endpoints on stage prod: jobs there have no public address",
    holds: onProd(({ network }) => known(network, ({ egress }) => egress !== "public-ip")),
  },
];
