/** An access key with its secret, as SDK clients are configured with them. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The developer's access key, who may do everything. Functions have keys of their own, of their roles. */
export const localAccessKey: AccessKey = { accessKeyId: "local", secretAccessKey: "local" };
