/** An access key with its secret, as SDK clients are configured with them. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The access key of everything that runs on the local stage: services take no other. */
export const localAccessKey: AccessKey = { accessKeyId: "local", secretAccessKey: "local" };
