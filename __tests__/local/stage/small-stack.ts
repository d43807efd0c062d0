import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { accountId, region } from "../../helpers/stage-process.ts";

export type Resources = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** What a stack of the tests' own says, by type and name as in Terraform's JSON. */
export interface SmallStack {
  readonly resource: Resources;
  readonly output?: Readonly<Record<string, { readonly value: unknown }>>;
}

/** Writes a synthesized tree with one stack and gives the options that run it. */
export function writeStack(directory: string, stack: SmallStack): string[] {
  const stacks = join(directory, "stacks", "local-small");
  mkdirSync(stacks, { recursive: true });
  const manifest = { stacks: { "local-small": { synthesizedStackPath: "stacks/local-small/cdk.tf.json" } } };
  writeFileSync(join(directory, "manifest.json"), JSON.stringify(manifest));
  writeFileSync(join(stacks, "cdk.tf.json"), JSON.stringify(stack));
  return ["--stacks", directory];
}

/** Writes a bundle of one module. Its name is to be given to `functionResources`. */
export function writeBundle(directory: string, name: string, source: string): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${name}.zip`);
  writeFileSync(file, zipSync({ "index.mjs": strToU8(source) }));
  return file;
}

export const trust = (service: string, Condition: object = {}) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", Condition }],
  });

export const policy = (...statements: readonly (readonly [action: string, resource: string])[]) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(([Action, Resource]) => ({ Effect: "Allow", Action, Resource })),
  });

/** A function with a role that lets it write its log. `filename` is relative to the stack. */
export function functionResources(id: string, filename: string): Resources {
  const name = `armature-local-small-${id.toLowerCase()}`;
  const stream = `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/${name}:*`;
  return {
    aws_lambda_function: {
      [id]: {
        ...{ function_name: name, filename, handler: "index.handler", runtime: "nodejs24.x" },
        role: `\${aws_iam_role.${id}.arn}`,
        depends_on: [`aws_iam_role_policy.${id}`],
      },
    },
    aws_iam_role: { [id]: { name, assume_role_policy: trust("lambda.amazonaws.com") } },
    aws_iam_role_policy: {
      [id]: {
        name: "log",
        role: `\${aws_iam_role.${id}.name}`,
        policy: policy(["logs:CreateLogStream", stream], ["logs:PutLogEvents", stream]),
      },
    },
  };
}

/** Resources of several, together. */
export function together(...all: readonly Resources[]): Resources {
  const merged: Record<string, Record<string, object>> = {};
  for (const resources of all)
    for (const [type, byName] of Object.entries(resources)) merged[type] = { ...merged[type], ...byName };
  return merged;
}
