import * as z from "zod";

/** A block that stands at most once: Terraform's JSON writes it as an object or as a list of one. */
export const block = <S extends z.ZodType>(schema: S) =>
  z
    .preprocess(listed, z.array(schema).max(1))
    .prefault([])
    .transform(([one]) => one);

/** A block that may stand several times. */
export const blocks = <S extends z.ZodType>(schema: S) => z.preprocess(listed, z.array(schema)).prefault([]);

/** Not a union of both, whose errors would not say what is wrong within the block. */
const listed = (value: unknown) => (Array.isArray(value) ? value : [value]);

/** An argument that holds JSON as text. */
export const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "must be JSON" });
    return z.NEVER;
  }
});
