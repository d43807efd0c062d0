import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { runStage, startAnyStageProcess, temporaryDirectory } from "../../helpers/stage-process.ts";
import { functionResources, type Resources, together, writeBundle, writeStack } from "./small-stack.ts";

const directory = temporaryDirectory();
afterAll(() => directory.remove());

/** A function that notes each event in a file, answers with it, and fails when it is told to. */
const registrar = (events: string) => `
  import { appendFileSync } from "node:fs";
  export const handler = async (event) => {
    if (event.fail) throw new RangeError("told to fail");
    appendFileSync(${JSON.stringify(events)}, JSON.stringify(event) + "\\n");
    return { made: event.name, by: event.tf.action };
  };`;

const outputs = z.object({ small: z.record(z.string(), z.unknown()) });

/** A stage whose stack has these invocations of the one function. */
function staged(name: string) {
  const path = join(directory.path, name);
  const events = join(path, "events");
  const bundle = writeBundle(path, "registrar", registrar(events));
  const dataDirectory = join(path, "data");
  const args = (invocations: Readonly<Record<string, object>>, functions: Resources) =>
    writeStack(join(path, "synthesized"), {
      resource: together(functions, { aws_lambda_invocation: invocations }),
      output: Object.fromEntries(
        Object.keys(invocations).map((id) => [id, { value: `\${aws_lambda_invocation.${id}.result}` }]),
      ),
    });
  const functions = functionResources("Registrar", `../../../registrar.zip`);
  const defaults = { function_name: "${aws_lambda_function.Registrar.arn}", lifecycle_scope: "CRUD" };
  const withDefaults = (invocations: Readonly<Record<string, object>>) =>
    Object.fromEntries(Object.entries(invocations).map(([id, body]) => [id, { ...defaults, ...body }]));
  return {
    bundle,
    /** Starts and stops it; gives its outputs and what the function was invoked with. */
    async run(invocations: Readonly<Record<string, object>>) {
      if (existsSync(events)) appendFileSync(events, "-\n");
      const stage = await startAnyStageProcess({ dataDirectory, args: args(withDefaults(invocations), functions) });
      const found = outputs.parse(await (await fetch(`${stage.url}/outputs.json`)).json()).small;
      await stage.end("SIGTERM");
      const text = existsSync(events) ? readFileSync(events, "utf8") : "";
      const lines = (text.split("-\n").at(-1) ?? "").split("\n").filter((line) => line !== "");
      return { outputs: found, events: lines.map((line): unknown => JSON.parse(line)) };
    },
    fails: (invocations: Readonly<Record<string, object>>) =>
      runStage({ dataDirectory, args: args(withDefaults(invocations), functions) }),
  };
}

const input = (value: object) => ({ input: JSON.stringify(value) });

test("an invocation is made once, changed with its input, made anew by its triggers, and removed with the stack's", async () => {
  const { run } = staged("life");
  const first = await run({ A: input({ name: "a" }), B: input({ name: "b" }) });
  expect(first.events).toEqual([
    { name: "a", tf: { action: "create", prev_input: null } },
    { name: "b", tf: { action: "create", prev_input: null } },
  ]);
  expect(first.outputs).toEqual({ A: '{"made":"a","by":"create"}', B: '{"made":"b","by":"create"}' });

  const again = await run({ A: input({ name: "a" }), B: input({ name: "b" }) });
  expect(again).toEqual({ events: [], outputs: first.outputs });

  const changed = await run({ A: input({ name: "a2" }), B: { ...input({ name: "b" }), triggers: { version: "2" } } });
  expect(changed.events).toEqual([
    { name: "b", tf: { action: "delete", prev_input: { name: "b" } } },
    { name: "a2", tf: { action: "update", prev_input: { name: "a" } } },
    { name: "b", tf: { action: "create", prev_input: null } },
  ]);
  expect(changed.outputs).toMatchObject({ A: '{"made":"a2","by":"update"}' });

  const gone = await run({ A: input({ name: "a2" }) });
  expect(gone.events).toEqual([{ name: "b", tf: { action: "delete", prev_input: { name: "b" } } }]);
  expect((await run({ A: input({ name: "a2" }) })).events).toEqual([]);
}, 120_000);

test("one that fails stops the start, and is made at the next", async () => {
  const { run, fails } = staged("failing");
  const { code, stderr } = await fails({ A: input({ name: "a", fail: true }) });
  expect(code).toBe(1);
  expect(stderr).toContain(
    "armature: local-small.aws_lambda_invocation.A: invoking armature-local-small-registrar to create: " +
      "RangeError: told to fail\n",
  );
  expect((await run({ A: input({ name: "a" }) })).events).toEqual([
    { name: "a", tf: { action: "create", prev_input: null } },
  ]);
}, 60_000);
