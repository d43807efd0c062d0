import type * as z from "zod";
import { rules, type SoundValues } from "./rules.ts";
import { type Environment, environmentSchema } from "./schema.ts";

/** A stage that cannot be used, with everything that is wrong with it. */
export class EnvironmentError extends Error {
  /** One line each: `environments/<stage>: <field>: <rule>`. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "EnvironmentError";
    this.problems = problems;
  }
}

/**
 * Checks what a stage's folder says and fills in the defaults. The answer is frozen.
 *
 * @throws EnvironmentError listing every problem, those of single values and those between them
 */
export function parseEnvironment(stage: string, input: unknown): Environment {
  const parsed = environmentSchema.safeParse(input, {
    error: ({ input }) => (input === undefined ? "must be given" : undefined),
  });
  const issues = parsed.error?.issues ?? [];
  const wrong = new Set(issues.map(({ path }) => String(path[0])));
  const sound = parsed.data ?? valuesBeside(wrong, input);
  const misnamed = sound.stage !== undefined && sound.stage !== stage;
  const problems = [
    ...issues.flatMap(describe),
    ...(misnamed ? [`stage: is ${sound.stage}, but its folder is ${stage}`] : []),
    ...rules
      .filter(({ field, holds }) => !wrong.has(field.split(".")[0] ?? "") && !holds(sound))
      .map(({ field, demand }) => `${field}: ${demand}`),
  ];
  if (!parsed.success || problems.length > 0)
    throw new EnvironmentError(problems.map((problem) => `environments/${stage}: ${problem}`));
  return freeze(parsed.data);
}

/** The values that are right by themselves, so that rules between them are checked in the same run. */
function valuesBeside(wrong: ReadonlySet<string>, input: unknown): SoundValues {
  const entries = typeof input === "object" && input !== null ? Object.entries(input) : [];
  const right = Object.fromEntries(entries.filter(([name]) => !wrong.has(name)));
  return environmentSchema.partial().strip().safeParse(right).data ?? {};
}

function describe(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => `${path ? `${path}.` : ""}${key}: there is no such value`);
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => `${path}: ${message}`);
  return [`${path || "(all)"}: ${issue.message}`];
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
