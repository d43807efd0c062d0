import type { AttributeValue, Item } from "../../../../local/services/dynamodb/attribute-value.ts";

/** An item as plain values. */
export const plain = (item: Item): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));

function plainValue({ S, N, BOOL, NULL, L, M }: AttributeValue): unknown {
  if (S !== undefined) return S;
  if (N !== undefined) return Number(N);
  if (BOOL !== undefined) return BOOL;
  if (NULL) return null;
  if (L) return L.map(plainValue);
  if (M) return plain(M);
  throw new Error("Sets and binaries are not known here");
}
