import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { App } from "cdktf";
import * as z from "zod";
import { SystemStack } from "../../constructs/system-stack/index.ts";
import { parseEnvironment } from "../../environments/parse.ts";
import type { Environment, EnvironmentInput } from "../../environments/schema.ts";

const attributes = z.record(z.string(), z.unknown());
const stackJson = z.object({
  resource: z.record(z.string(), z.record(z.string(), attributes)).default({}),
  output: z.record(z.string(), z.object({ value: z.string(), description: z.string() })).default({}),
  provider: z.record(z.string(), z.array(attributes)),
  terraform: z.object({
    backend: z.record(z.string(), attributes),
    required_providers: z.record(z.string(), z.unknown()),
    required_version: z.string(),
  }),
});

type Attributes = z.output<typeof attributes>;

/** A stack as Terraform will read it. */
export class Synthesized {
  readonly text: string;
  readonly json: z.output<typeof stackJson>;

  constructor(text: string) {
    this.text = text;
    this.json = stackJson.parse(JSON.parse(text));
  }

  /** Resources of a type by their logical ids, without what only CDKTF reads. */
  all(type: string): Record<string, Attributes> {
    const found = Object.entries(this.json.resource[type] ?? {});
    return Object.fromEntries(found.map(([id, { "//": _, ...resource }]) => [id, resource]));
  }

  /** The resource of a type whose logical id begins so; there must be exactly one. */
  one(type: string, idPrefix = ""): Attributes {
    const [found, ...others] = Object.entries(this.all(type)).filter(([id]) => id.startsWith(idPrefix));
    if (!found || others.length > 0) throw new Error(`${type} ${idPrefix}*: ${found ? others.length + 1 : 0} found`);
    return found[1];
  }

  /** Statements of every policy of roles whose logical id begins so. */
  statements(idPrefix = ""): Attributes[] {
    return Object.entries(this.all("aws_iam_role_policy"))
      .filter(([id]) => id.startsWith(idPrefix))
      .flatMap(([, { policy }]) => statementsOf(policy));
  }
}

/** A network for blocks that need one. */
export const networkProps = { cidr: "10.0.0.0/16", availabilityZones: ["a", "b"], egress: "public-ip" } as const;

const policyDocument = z.object({ Version: z.literal("2012-10-17"), Statement: z.array(attributes) });

export const statementsOf = (policy: unknown): Attributes[] =>
  policyDocument.parse(JSON.parse(z.string().parse(policy))).Statement;

/** Parses a text that a resource carries as JSON. */
export const parsed = (text: unknown): unknown => JSON.parse(z.string().parse(text));

const inTemporaryFolder = <Result>(use: (folder: string) => Result): Result => {
  const folder = mkdtempSync(join(tmpdir(), "armature-synth-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The functions whose bundles stand ready, each some bytes of its own. */
export const standInBundles = [
  "connector-framework/api",
  "connector-framework/deletion",
  "connector-framework/orchestrator",
  "connector-framework/job-status",
  "connector-framework/reconciler",
  "connector-framework/registrar",
  "connector-framework/scheduled-start",
];

export function writeBundles(folder: string, names: readonly string[] = standInBundles): void {
  for (const name of names) {
    const path = join(folder, `${name}.zip`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `the bundle of ${name}`);
  }
}

/** An environment to test with: valid, but for what is said. */
export const environmentOf = (changes: Partial<EnvironmentInput> = {}): Environment =>
  parseEnvironment(changes.stage ?? "dev", {
    stage: "dev",
    region: "eu-central-1",
    accountId: "111111111111",
    state: { bucket: "state-of-tests", region: "eu-west-1" },
    systems: { "connector-framework": { network: { cidr: "10.0.0.0/16", egress: "public-ip" } } },
    alarmTopicArns: ["arn:aws:sns:eu-central-1:111111111111:alarms"],
    ...changes,
  });

export interface Making {
  readonly app: App;
  readonly environment: Environment;
  readonly bundles: string;
}

/** Synthesizes a whole app, running every validation, and reads one of its stacks. */
export function synthesizeApp(
  environment: Environment,
  build: (making: Making) => { readonly id: string },
): Synthesized {
  return inTemporaryFolder((folder) => {
    const bundles = join(folder, "bundles");
    writeBundles(bundles);
    const outdir = join(folder, "out");
    const app = new App({ outdir });
    const { id } = build({ app, environment, bundles });
    app.synth();
    return new Synthesized(readFileSync(join(outdir, "stacks", id, "cdk.tf.json"), "utf8"));
  });
}

/** Synthesizes building blocks in a stack `dev-shop`. */
export const synthesize = (build: (stack: SystemStack) => void, changes: Partial<EnvironmentInput> = {}): Synthesized =>
  synthesizeApp(environmentOf(changes), ({ app, environment, bundles }) => {
    const stack = new SystemStack(app, "shop", { environment, bundles });
    build(stack);
    return stack.node;
  });
