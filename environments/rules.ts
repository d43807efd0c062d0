import { type Environment, localAccountId, type StageFacts } from "./schema.ts";

/** The values that are right by themselves, while others may be wrong or missing. */
export type SoundValues = Sound<StageFacts> & { readonly systems?: Sound<Environment["systems"]> | undefined };

type Sound<Values> = { readonly [Name in keyof Values]?: Values[Name] | undefined };

/** A rule over several values: what it is about, what it demands, and whether the values that are right so far keep it. */
interface Rule {
  readonly field: string;
  readonly demand: string;
  /** `others` are the other stages' values. */
  readonly holds: (values: SoundValues, others: readonly SoundValues[]) => boolean;
}

const onProd =
  (holds: Rule["holds"]): Rule["holds"] =>
  (values, others) =>
    values.stage !== "prod" || holds(values, others);
const known = <T>(value: T | undefined, holds: (value: T) => boolean) => value === undefined || holds(value);

/** Where a stage's states are. Bucket names are unique in the world. */
const placeOf = (state: SoundValues["state"]) => state && `${state.bucket}/${state.keyPrefix}`;

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
    field: "state",
    demand: "must not be another stage's: one of bucket and keyPrefix must differ",
    holds: ({ state }, others) => others.every((other) => !state || placeOf(state) !== placeOf(other.state)),
  },
  {
    field: "alarmTopicArns",
    demand: "must be topics in the stage's own region: alarms reach no other",
    holds: ({ region, alarmTopicArns }) =>
      known(region, (region) => known(alarmTopicArns, (arns) => arns.every((arn) => arn.split(":")[3] === region))),
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
    field: "systems.connector-framework.network.egress",
    demand: "must be nat on stage prod: jobs there have no public address",
    holds: onProd(({ systems }) => systems?.["connector-framework"]?.network.egress !== "public-ip"),
  },
];
