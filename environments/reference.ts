import * as z from "zod";
import { rules } from "./rules.ts";
import { environmentSchema, stages } from "./schema.ts";

/** What of a JSON schema the reference shows. */
const shown = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  get items() {
    return shown.optional();
  },
  get properties() {
    return z.record(z.string(), shown).optional();
  },
  required: z.array(z.string()).optional(),
});

type Shown = z.output<typeof shown>;

interface Value {
  readonly name: string;
  readonly schema: Shown;
  readonly required: boolean;
}

/** The reference of every value of a stage, as Markdown, from the schema itself. */
export function renderReference(): string {
  const root = shown.parse(z.toJSONSchema(environmentSchema, { io: "input" }));
  const rows = valuesOf(root).map(({ name, schema, required }) => [
    `\`${name}\``,
    kindOf(schema),
    required ? "none: must be given" : defaultOf(schema),
    schema.description ?? "",
  ]);
  return [
    "# Values of a stage",
    "",
    "Written by `node environments/write-reference.ts` from `environments/schema.ts`; do not edit.",
    "",
    `Each stage (${stages.join(", ")}) has a folder under \`environments/\` that says only how it differs from the defaults.`,
    "",
    ...table(["value", "kind", "default", "what it is"], rows),
    "",
    "## Rules between values",
    "",
    ...rules.map(({ field, demand }) => `- \`${field}\` ${demand}.`),
    "",
  ].join("\n");
}

/** Values that have none within, with the path that leads to them. */
const valuesOf = ({ properties = {}, required = [] }: Shown, path = ""): Value[] =>
  Object.entries(properties).flatMap(([name, schema]) =>
    schema.properties
      ? valuesOf(schema, `${path}${name}.`)
      : [{ name: `${path}${name}`, schema, required: required.includes(name) }],
  );

function kindOf({ type, enum: choices, minimum, maximum, items }: Shown): string {
  if (choices) return choices.join(", ");
  if (items) return `list of: ${kindOf(items)}`;
  if (type === "object") return "texts by name";
  if (type === "string") return "text";
  const range = minimum !== undefined && maximum !== undefined ? `, ${minimum} to ${maximum}` : "";
  return `${type === "integer" ? "whole number" : (type ?? "any")}${range}`;
}

const defaultOf = ({ default: value }: Shown) => (value === undefined ? "none" : `\`${JSON.stringify(value)}\``);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
