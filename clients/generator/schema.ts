import * as z from "zod";

/** A schema in OpenAPI 3.0's dialect, of the keywords that the API descriptions come to. */
export interface Schema {
  readonly $ref?: string | undefined;
  readonly type?: "string" | "number" | "integer" | "boolean" | "array" | "object" | undefined;
  readonly description?: string | undefined;
  readonly nullable?: boolean | undefined;
  readonly default?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly format?: string | undefined;
  readonly pattern?: string | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly items?: Schema | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: Schema | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
}

/** A keyword that is not here would be left out of the clients without a word, so it is refused. */
export const schema: z.ZodType<Schema> = z.lazy(() =>
  z.strictObject({
    $ref: z.string().optional(),
    type: z.enum(["string", "number", "integer", "boolean", "array", "object"]).optional(),
    description: z.string().optional(),
    nullable: z.boolean().optional(),
    default: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    format: z.literal("date-time").optional(),
    pattern: z.string().optional(),
    minLength: z.number().optional(),
    maxLength: z.number().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minItems: z.number().optional(),
    maxItems: z.number().optional(),
    items: schema.optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: schema.optional(),
    anyOf: z.array(schema).optional(),
  }),
);

/** The component a reference leads to. */
export const referredName = (reference: string): string => reference.slice(reference.lastIndexOf("/") + 1);
