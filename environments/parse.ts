import type * as z from "zod";
import { rules, type SoundValues } from "./rules.ts";
import { type Environment, environmentSchema } from "./schema.ts";
import { systems } from "./systems.ts";

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
 * @param others what the other stages' folders say, for what no two stages may share
 * @throws EnvironmentError listing every problem, those of single values and those between them
 */
export function parseEnvironment(stage: string, input: unknown, others: readonly unknown[] = []): Environment {
  const parsed = environmentSchema.safeParse(input, {
    error: ({ input }) => (input === undefined ? "must be given" : undefined),
  });
  const issues = parsed.error?.issues ?? [];
  const wrong = new Set(issues.map(({ path }) => spoiledBy(path.map(String))));
  const sound = parsed.data ?? valuesBeside(wrong, input);
  const elsewhere = others.map((other) => soundValues(other));
  const misnamed = sound.stage !== undefined && sound.stage !== stage;
  const problems = [
    ...issues.flatMap(describe),
    ...(misnamed ? [`stage: is ${sound.stage}, but its folder is ${stage}`] : []),
    ...rules
      .filter(({ field, holds }) => !wrong.has(spoiledBy(field.split("."))) && !holds(sound, elsewhere))
      .map(({ field, demand }) => `${field}: ${demand}`),
  ];
  if (!parsed.success || problems.length > 0)
    throw new EnvironmentError(problems.map((problem) => `environments/${stage}: ${problem}`));
  return freeze(parsed.data);
}

/** What a wrong value spoils for the rules: the value it is part of, and of the systems' values those of its system. */
const spoiledBy = (path: readonly string[]) => path.slice(0, path[0] === "systems" ? 2 : 1).join(".");

/** The values that are right by themselves, whatever others are. */
function soundValues(input: unknown): SoundValues {
  const issues = environmentSchema.safeParse(input).error?.issues ?? [];
  return valuesBeside(new Set(issues.map(({ path }) => spoiledBy(path.map(String)))), input);
}

const soundSchema = environmentSchema.extend({ systems: systems.partial().strip() }).partial().strip();

/** The values that are right by themselves, so that rules between them are checked in the same run. */
function valuesBeside(wrong: ReadonlySet<string>, input: unknown): SoundValues {
  const right = valuesOf(input).filter(([name]) => !wrong.has(name));
  const values = right.map(([name, value]) => {
    if (name !== "systems") return [name, value];
    return [name, Object.fromEntries(valuesOf(value).filter(([system]) => !wrong.has(`systems.${system}`)))];
  });
  return soundSchema.safeParse(Object.fromEntries(values)).data ?? {};
}

const valuesOf = (input: unknown) => (typeof input === "object" && input !== null ? Object.entries(input) : []);

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
