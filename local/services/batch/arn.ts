export type ResourceKind = "job" | "job-definition" | "job-queue" | "compute-environment";

/** Builds and reads the ARNs of one account and region. A job definition's id is `name:revision`. */
export interface Arns {
  of(kind: ResourceKind, id: string): string;
  /** The id in a name or an ARN of that kind; undefined for another kind's, account's or region's ARN. */
  idIn(kind: ResourceKind, nameOrArn: string): string | undefined;
}

export function arnsOf(region: string, accountId: string): Arns {
  const prefix = (kind: ResourceKind) => `arn:aws:batch:${region}:${accountId}:${kind}/`;
  return {
    of: (kind, id) => prefix(kind) + id,
    idIn(kind, nameOrArn) {
      if (!nameOrArn.startsWith("arn:")) return nameOrArn;
      return nameOrArn.startsWith(prefix(kind)) ? nameOrArn.slice(prefix(kind).length) : undefined;
    },
  };
}
