import * as z from "zod";
import { stringLike } from "../string-like.ts";
import type { Access, RequestContext } from "./access.ts";
import { type Condition, compileCondition, isQuantified, operatorProblems } from "./condition.ts";
import { keyProblem } from "./condition-keys.ts";

/** A statement that can say whether it is about an access. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** @param context all that is known of the request */
  isAbout(access: Access, context: RequestContext): boolean;
}

/** An identity-based policy as a role has it. */
export interface Policy {
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** A single one may stand without its list. */
const oneOrMore = <S extends z.ZodType>(schema: S) => z.preprocess((value) => [value].flat(), z.array(schema).min(1));

const withoutVariables = (text: string) => !text.includes("${");
const variables = "policy variables are not known on this machine";

const action = z.string().regex(/^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/, "must be <service>:<action>");
const resource = z
  .string()
  .regex(/^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.*)$/s, "must be an ARN or *")
  .refine(withoutVariables, variables);
const conditionValue = z
  .union([z.string(), z.boolean(), z.number()])
  .transform(String)
  .refine(withoutVariables, { error: variables, abort: true });

/** The block of a statement, as a list: of each operator, each key with its values. */
export const conditions = z
  .record(z.string(), z.record(z.string(), oneOrMore(conditionValue)))
  .default({})
  .transform((block): Condition[] =>
    Object.entries(block).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
    ),
  );

const statement = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(["Allow", "Deny"]),
    Action: oneOrMore(action).optional(),
    NotAction: oneOrMore(action).optional(),
    Resource: oneOrMore(resource).optional(),
    NotResource: oneOrMore(resource).optional(),
    Condition: conditions,
  })
  .check(({ value: { Action, NotAction, Resource, NotResource, Condition }, issues }) => {
    const add = (message: string) => issues.push({ code: "custom", message, input: undefined });
    if ((Action === undefined) === (NotAction === undefined)) add("needs either Action or NotAction");
    if ((Resource === undefined) === (NotResource === undefined)) add("needs either Resource or NotResource");
    conditionProblems(Condition, Action).forEach(add);
  });

/** What is wrong with the conditions of a statement about some actions, as far as this machine goes. */
export const conditionProblems = (all: readonly Condition[], actions: readonly string[] | undefined): string[] =>
  all.flatMap((condition) => {
    const { operator, key } = condition;
    const problems = operatorProblems(condition);
    if (problems.length > 0) return problems.map((problem) => `Condition.${operator}.${key}: ${problem}`);
    const problem = keyProblem(key, actions, isQuantified(operator));
    return problem === undefined ? [] : [`Condition.${operator}: ${problem}`];
  });

/** A document around statements of some kind; Terraform and people write a single one without the list. */
export const policyDocument = <S extends z.ZodType>(kindOfStatement: S) =>
  z.strictObject({
    Version: z.literal("2012-10-17"),
    Id: z.string().optional(),
    Statement: oneOrMore(kindOfStatement),
  });

const identityPolicy = policyDocument(statement);

/**
 * Reads an identity-based policy.
 * @param what what it is called in errors
 * @throws Error naming it and everything in it that is wrong, or that is not evaluated here
 */
export function parsePolicy(name: string, document: unknown, what = `policy ${name}`): Policy {
  const { Statement } = parseDocument(what, identityPolicy, document);
  return { name, statements: Statement.map(compile) };
}

/** @throws Error naming what the document is of, and what is wrong with it */
export function parseDocument<S extends z.ZodType>(what: string, schema: S, document: unknown): z.output<S> {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
  throw new Error(`${what}: ${problems.join("; ")}`);
}

function compile(parsed: z.output<typeof statement>): Statement {
  const { Effect, Action, NotAction, Resource, NotResource } = parsed;
  const actions = matcher(Action, NotAction, (pattern, text) => stringLike(pattern.toLowerCase(), text.toLowerCase()));
  const resources = matcher(Resource, NotResource, stringLike);
  const holds = parsed.Condition.map(compileCondition);
  return {
    effect: Effect,
    isAbout: (access, context) =>
      actions(access.action) && resources(access.resource) && holds.every((condition) => condition(context)),
  };
}

const matcher = (
  wanted: readonly string[] | undefined,
  others: readonly string[] | undefined,
  like: (pattern: string, text: string) => boolean,
) => {
  const patterns = wanted ?? others ?? [];
  return (text: string) => patterns.some((pattern) => like(pattern, text)) === (wanted !== undefined);
};
