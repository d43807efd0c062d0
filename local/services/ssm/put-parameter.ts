import { randomUUID } from "node:crypto";
import * as z from "zod";
import { JsonError, validationException } from "../json/json-error.ts";
import { parseInput } from "../json/parse-input.ts";
import { type Parameter, parameterTypes, type Tier, tag, tiers } from "./model.ts";

/** Characters of a value in each tier (AWS Systems Manager User Guide, "Managing parameter tiers"). */
const longestValue: Readonly<Record<Tier, number>> = { Standard: 4096, Advanced: 8192 };

const name = z
  .string()
  .min(1)
  .max(1011)
  .regex(/^[a-zA-Z0-9_./-]+$/)
  .refine((path) => !path.includes("/") || path.startsWith("/"), "Parameter name must be a fully qualified name.")
  .refine((path) => !/^\/?(aws|ssm)/i.test(path), "Parameter name must not be prefixed with aws or ssm");

const putParameterInput = z.strictObject({
  Name: name,
  Value: z.string().min(1),
  Type: z.enum(parameterTypes).optional(),
  Overwrite: z.boolean().default(false),
  Description: z.string().max(1024).exactOptional(),
  KeyId: z.string().min(1).max(256).exactOptional(),
  Tier: z.enum([...tiers, "Intelligent-Tiering"]).optional(),
  DataType: z.literal("text").optional(),
  Tags: z.array(tag).max(50).default([]),
});
export type PutParameter = z.output<typeof putParameterInput>;

export const parsePutParameter = (input: unknown): PutParameter => parseInput(putParameterInput, input);

/**
 * The parameter as a request makes or overwrites it.
 *
 * @param at seconds since the epoch
 * @throws JsonError for what Parameter Store refuses
 */
export function written(
  existing: Parameter | undefined,
  request: PutParameter,
  { sequence, at }: { sequence: number; at: number },
): Parameter {
  if (existing && !request.Overwrite) {
    const how = "To overwrite this value, set the overwrite option in the request to true.";
    throw new JsonError("ParameterAlreadyExists", `The parameter already exists. ${how}`);
  }
  if (request.Overwrite && request.Tags.length > 0) {
    const how = "To create a parameter with tags, please remove overwrite flag.";
    throw validationException(`Invalid request: tags and overwrite can't be used together. ${how}`);
  }
  const type = request.Type ?? existing?.type;
  if (type === undefined) throw validationException("A parameter type is required when you create a parameter.");
  const keyId = type === "SecureString" ? (request.KeyId ?? existing?.keyId ?? "alias/aws/ssm") : undefined;
  const { keyId: _, ...before } = existing ?? { sequence, parameterId: randomUUID(), tags: request.Tags };
  return {
    ...before,
    ...{ name: request.Name, type, value: request.Value, tier: tierOf(request, existing) },
    ...{ version: (existing?.version ?? 0) + 1, modifiedAt: at },
    ...(request.Description !== undefined && { description: request.Description }),
    ...(keyId !== undefined && { keyId }),
  };
}

/** An advanced parameter stays one; intelligent tiering takes the cheapest that will do. */
function tierOf({ Tier: wanted, Value: value }: PutParameter, existing: Parameter | undefined): Tier {
  const length = [...value].length;
  const fitting = length > longestValue.Standard ? "Advanced" : "Standard";
  const asked = wanted === "Intelligent-Tiering" ? fitting : wanted;
  const tier = existing?.tier === "Advanced" ? "Advanced" : (asked ?? "Standard");
  if (length <= longestValue[tier]) return tier;
  throw validationException(
    `${tier} tier parameters support a maximum parameter value of ${longestValue[tier]} characters.`,
  );
}
