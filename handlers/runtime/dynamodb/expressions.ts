type Values = Readonly<Record<string, unknown>>;

/** What a write does to an item's attributes. Undefined values are left out. */
export interface Change {
  readonly set?: Values;
  /** Set only where the item has no such attribute yet. */
  readonly setOnce?: Values;
  readonly remove?: readonly string[];
  /** Added to a number, or to 0 where there is none yet. */
  readonly add?: Readonly<Record<string, number>>;
}

/** When a write is allowed. Attributes are written `#name`, values `:name`. */
export interface Condition {
  readonly expression: string;
  readonly values?: Values;
}

/** All of them hold. */
export const all = (...conditions: readonly Condition[]): Condition => ({
  expression: conditions.map(({ expression }) => `(${expression})`).join(" AND "),
  values: Object.assign({}, ...conditions.map(({ values }) => values)),
});

/** The number is less than a limit, or there is none yet. */
export const isBelow = (attribute: string, limit: number): Condition => ({
  expression: `attribute_not_exists(#${attribute}) OR #${attribute} < :${attribute}_limit`,
  values: { [`:${attribute}_limit`]: limit },
});

/** The time is before another, both in ISO 8601, or there is none. */
export const isBefore = (attribute: string, time: string): Condition => ({
  expression: `attribute_not_exists(#${attribute}) OR #${attribute} < :${attribute}_limit`,
  values: { [`:${attribute}_limit`]: time },
});

/** The attribute is one of a few values. */
export const isOneOf = (attribute: string, allowed: readonly string[]): Condition => ({
  expression: `#${attribute} IN (${allowed.map((_, index) => `:${attribute}_is_${index}`).join(", ")})`,
  values: Object.fromEntries(allowed.map((value, index) => [`:${attribute}_is_${index}`, value])),
});

/** The attribute is what it was when it was read, absent included. */
export const isStill = (attribute: string, value: string | number | undefined): Condition =>
  value === undefined
    ? { expression: `attribute_not_exists(#${attribute})` }
    : { expression: `#${attribute} = :${attribute}_was`, values: { [`:${attribute}_was`]: value } };

export const exists = (attribute: string): Condition => ({ expression: `attribute_exists(#${attribute})` });
export const isNew = (attribute: string): Condition => ({ expression: `attribute_not_exists(#${attribute})` });

/** The parts of a DynamoDB request that state a condition. */
export const conditionExpression = ({ expression, values }: Condition) => ({
  ConditionExpression: expression,
  ExpressionAttributeNames: namesIn(expression),
  ...(values && Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
});

/** The parts of a DynamoDB request that change an item, under a condition if there is one. */
export function updateExpression({ set = {}, setOnce = {}, remove = [], add = {} }: Change, condition?: Condition) {
  const assigned = present(set);
  const assignedOnce = present(setOnce);
  const assignments = [
    ...assigned.map(([name]) => `#${name} = :${name}`),
    ...assignedOnce.map(([name]) => `#${name} = if_not_exists(#${name}, :${name})`),
  ];
  const update = [
    ...(assignments.length > 0 ? [`SET ${assignments.join(", ")}`] : []),
    ...(Object.keys(add).length > 0
      ? [
          `ADD ${Object.keys(add)
            .map((name) => `#${name} :${name}_by`)
            .join(", ")}`,
        ]
      : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(", ")}`] : []),
  ].join(" ");
  const values = Object.fromEntries([
    ...[...assigned, ...assignedOnce].map(([name, value]) => [`:${name}`, value]),
    ...Object.entries(add).map(([name, value]) => [`:${name}_by`, value]),
  ]);
  return {
    UpdateExpression: update,
    ...(condition && { ConditionExpression: condition.expression }),
    ExpressionAttributeNames: namesIn(update, condition?.expression ?? ""),
    ExpressionAttributeValues: { ...values, ...condition?.values },
  };
}

const present = (values: Values) => Object.entries(values).filter(([, value]) => value !== undefined);

/** Every attribute goes by a placeholder of its own name: several of ours are words DynamoDB reserves. */
const namesIn = (...expressions: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    [...expressions.join(" ").matchAll(/#(\w+)/g)].map(([placeholder, name]) => [placeholder, name ?? ""]),
  );
