/** A document of a source. Its bytes are read when it is their turn, and let go when the target has them. */
export interface SourceDocument {
  /** What names it for good: at most 512 characters and 1024 bytes of UTF-8. */
  readonly id: string;
  readonly metadata?: Metadata;
  /** For example `text/html`, where the source tells it. */
  readonly mediaType?: string;
  readonly read: () => Promise<Uint8Array>;
}

/**
 * What is known about a document beside its bytes. Names are those the checksum is made with, so that a connector in
 * another language that follows the same rule finds its documents unchanged.
 */
export interface Metadata {
  readonly title?: string | null;
  readonly source_uri?: string | null;
  /** ISO 8601. No part of the checksum: a touched document is not a changed one. */
  readonly created_at?: string | null;
  /** ISO 8601. No part of the checksum either. */
  readonly last_updated_at?: string | null;
  /** Fields of the target's own, by name. */
  readonly attributes?: Readonly<Record<string, Attribute>> | null;
  /** Who may find the document; a person must be let in by every one of them. Without it the target decides. */
  readonly access_control_list?: readonly AccessControl[] | null;
}

/** Text, a whole number, several texts, or a time in ISO 8601. */
export type Attribute = string | number | readonly string[] | { readonly date: string };

/** Who is let in or kept out, as Amazon Q Business spells it (API: AccessControl). */
export interface AccessControl {
  readonly principals: readonly Principal[];
  readonly memberRelation?: "AND" | "OR";
}

export type Principal =
  | { readonly user: Membership & { readonly id: string } }
  | { readonly group: Membership & { readonly name: string } };

interface Membership {
  readonly access: "ALLOW" | "DENY";
  readonly membershipType?: "INDEX" | "DATASOURCE";
}
