import * as z from "zod";

/** How a batch went, by what the function returned with ReportBatchItemFailures. */
export type BatchResponse =
  | { readonly kind: "succeeded" }
  | { readonly kind: "failed" }
  | { readonly kind: "partly-failed"; readonly identifiers: ReadonlySet<string> };

const responseSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * Reads a function's response as Lambda does (AWS: "Configuring partial batch response with DynamoDB and Lambda").
 * Success: an empty or null list or response. Failure of the whole batch: an empty, null or unknown identifier, a wrong
 * key in an item, a response of another shape.
 * @param known the identifiers of the batch
 */
export function readBatchResponse(payload: unknown, known: ReadonlySet<string>): BatchResponse {
  if (payload === null || payload === undefined || payload === "") return { kind: "succeeded" };
  const parsed = responseSchema.safeParse(payload);
  if (!parsed.success) return { kind: "failed" };
  const identifiers = (parsed.data.batchItemFailures ?? []).map((item) => item.itemIdentifier);
  if (identifiers.length === 0) return { kind: "succeeded" };
  if (!identifiers.every((identifier) => known.has(identifier))) return { kind: "failed" };
  return { kind: "partly-failed", identifiers: new Set(identifiers) };
}
