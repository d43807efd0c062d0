import * as z from "zod";

/** A block that stands at most once: Terraform's JSON writes it as an object or as a list of one. */
export const block = <S extends z.ZodType>(schema: S) =>
  z
    .union([z.array(schema).max(1), schema.transform((one) => [one])])
    .default([])
    .transform(([one]) => one);

/** A block that may stand several times. */
export const blocks = <S extends z.ZodType>(schema: S) =>
  z.union([z.array(schema), schema.transform((one) => [one])]).default([]);

/** An argument that holds JSON as text. */
export const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "must be JSON" });
    return z.NEVER;
  }
});
