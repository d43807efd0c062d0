import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { DeclaredInvocation } from "./resources/stage-context.ts";
import { openObjectFiles } from "./services/object-files.ts";
import type { ConnectedFunction, Connections } from "./services/service.ts";

/** An invocation that was made, as Terraform's state would keep it. */
const invocation = z.strictObject({
  sequence: z.int().positive(),
  id: z.string(),
  functionArn: z.string(),
  input: z.record(z.string(), z.unknown()),
  terraformKey: z.string(),
  triggers: z.record(z.string(), z.string()),
  /** What the function answered, as JSON. */
  result: z.string(),
});
type Invocation = Readonly<z.output<typeof invocation>>;

export interface InvocationsOptions extends Pick<Connections, "functions" | "functionOf"> {
  readonly invocations: readonly DeclaredInvocation[];
  /** Where it is kept what was made. */
  readonly directory: string;
  /** Told what goes on, a line at a time. */
  readonly progress: (line: string) => void;
  /** Told what goes wrong without stopping anything. */
  readonly log: (line: string) => void;
}

/**
 * Invokes functions for the stacks as Terraform's `aws_lambda_invocation` of scope CRUD does: to create, to update when
 * the input is another one, to delete what no stack has any more, and not at all when nothing has changed. What was
 * made with another function or other triggers is deleted and made anew.
 *
 * @returns the results, by the invocations' ids
 * @throws Error naming the invocation and the function's error; it is tried again at the next start
 */
export async function invokeDeclared(options: InvocationsOptions): Promise<ReadonlyMap<string, string>> {
  const { invocations, functions, functionOf, directory, progress, log } = options;
  const files = openObjectFiles(directory, invocation, ({ id }) => id);

  async function invoke(
    { running }: ConnectedFunction,
    { id, input, terraformKey }: DeclaredInvocation,
    action: "create" | "update" | "delete",
    previous: Invocation["input"] | null,
  ): Promise<string> {
    progress(`invoking ${running.name} to ${action} ${id}`);
    const outcome = await running.invoke({ ...input, [terraformKey]: { action, prev_input: previous } });
    if (outcome.ok) return JSON.stringify(outcome.payload);
    const { errorType, errorMessage } = outcome.error;
    throw new Error(`${id}: invoking ${running.name} to ${action}: ${errorType}: ${errorMessage.split("\n")[0]}`);
  }

  async function remove(made: Invocation): Promise<void> {
    const found = functions.get(made.functionArn);
    if (found) await invoke(found, made, "delete", made.input);
    else log(`${made.id} is gone, and so is ${made.functionArn}, which nobody can tell of it any more`);
    files.delete(made.id);
  }

  const declared = new Map(invocations.map((one) => [one.id, one]));
  for (const made of files.all().toReversed()) {
    const wanted = declared.get(made.id);
    if (!wanted || isReplaced(made, wanted)) await remove(made);
  }
  for (const wanted of invocations) {
    const made = files.get(wanted.id);
    if (made && isSame(made, wanted)) continue;
    const result = await invoke(
      functionOf(wanted.functionArn),
      wanted,
      made ? "update" : "create",
      made?.input ?? null,
    );
    files.put({ sequence: made?.sequence ?? files.nextSequence(), ...wanted, result });
  }
  return new Map(files.all().map(({ id, result }) => [id, result]));
}

const isReplaced = (made: Invocation, wanted: DeclaredInvocation) =>
  made.functionArn !== wanted.functionArn || !isDeepStrictEqual(made.triggers, wanted.triggers);

const isSame = (made: Invocation, wanted: DeclaredInvocation) =>
  made.terraformKey === wanted.terraformKey && isDeepStrictEqual(made.input, wanted.input);
