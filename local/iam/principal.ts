/** Who makes a request. */
export interface Principal {
  readonly accountId: string;
  /** `arn:aws:sts::…:assumed-role/<role>/<session>`, or a user's. */
  readonly arn: string;
  /** `AROA…:<session>` of an assumed role, `AIDA…` of a user. */
  readonly userId: string;
  /** The role it has taken on; none for the developer, who may do everything. */
  readonly roleArn?: string;
}

/** Whoever signs with the access key `local`: the developer at this machine. */
export const developerOf = (accountId: string): Principal => ({
  accountId,
  arn: `arn:aws:iam::${accountId}:user/local`,
  userId: "AIDALOCAL",
});
