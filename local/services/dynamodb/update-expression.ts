import type { AttributeValue } from "./attribute-value.ts";

type Path = readonly (string | number)[];
type Operand = Path | { readonly args?: readonly Operand[] };

interface Section {
  readonly type: "set" | "remove" | "add" | "delete";
  readonly path: Path;
  readonly val?: Operand;
}

/** A parsed update expression: one section per action, in the order they are carried out. */
export interface UpdateExpression {
  sections: Section[];
}

/** Paths that are read for their value, as opposed to those that say where to write. */
const operandPaths = new WeakSet<Path>();

/**
 * Makes dynalite carry out an update as DynamoDB does, where every value is read before anything is written:
 * a value copied from another attribute is a copy (`SET a = b ADD b :more` leaves `a` without the addition), and list
 * elements are removed last, from the end, so that the indexes keep their meaning (`REMOVE l[0], l[1]`).
 */
export function prepareUpdate(update: UpdateExpression): void {
  for (const section of update.sections) if (section.type === "set" && section.val) markOperands(section.val);
  const removals = update.sections.filter((section) => section.type === "remove");
  update.sections = [
    ...update.sections.filter((section) => section.type !== "remove"),
    ...removals.sort((a, b) => compareElements(b.path, a.path)),
  ];
}

/** A copy of the value if the path is an operand's, the value itself if something is to be written into it. */
export function cloneIfOperand(path: Path, value: AttributeValue | undefined): AttributeValue | undefined {
  return value !== undefined && operandPaths.has(path) ? structuredClone(value) : value;
}

function markOperands(operand: Operand): void {
  if (isPath(operand)) operandPaths.add(operand);
  else operand.args?.forEach(markOperands);
}

function isPath(operand: Operand): operand is Path {
  return Array.isArray(operand);
}

/** Orders paths by the first list index in which they differ; paths that differ in a name have no order. */
function compareElements(a: Path, b: Path): number {
  for (const [depth, step] of a.entries()) {
    const other = b[depth];
    if (step === other) continue;
    return typeof step === "number" && typeof other === "number" ? step - other : 0;
  }
  return 0;
}
