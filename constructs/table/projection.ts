/** Which attributes an index holds beside the keys: all, none, or these. */
export type Projection = "all" | "keys-only" | { readonly include: readonly string[] };

export function projectionOf(projection: Projection): { projectionType: string; nonKeyAttributes?: string[] } {
  if (projection === "all") return { projectionType: "ALL" };
  if (projection === "keys-only") return { projectionType: "KEYS_ONLY" };
  return { projectionType: "INCLUDE", nonKeyAttributes: [...projection.include] };
}
