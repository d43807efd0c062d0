import type { Construct } from "constructs";

/** What cannot be synthesized, and everything that is wrong with it. Meant for whoever wrote the stack: no stack trace. */
export class SynthesisError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "SynthesisError";
    this.problems = problems;
  }
}

/** A rule that props must keep: what is wrong when it is broken, beginning with the prop's name. */
export type Rule = readonly [broken: boolean, problem: string];

/**
 * Checks a building block's props, all rules at once.
 *
 * @throws SynthesisError with one line for each broken rule: `<stack>/<construct>: <prop> …`
 */
export function checkProps(block: Construct, rules: readonly Rule[]): void {
  const problems = rules.filter(([broken]) => broken).map(([, problem]) => `${block.node.path}: ${problem}`);
  if (problems.length > 0) throw new SynthesisError(problems);
}

/** The rule that a number is whole and within limits. An omitted number keeps it. */
export const wholeNumber = (prop: string, value: number | undefined, minimum: number, maximum: number): Rule => [
  value !== undefined && !(Number.isInteger(value) && value >= minimum && value <= maximum),
  `${prop} is ${value}, but must be a whole number from ${minimum} to ${maximum}`,
];
