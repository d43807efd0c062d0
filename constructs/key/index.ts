import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias/index.js";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key/index.js";
import { Construct } from "constructs";
import type { Grantee } from "../role/index.ts";
import { nameFor } from "../system-stack/index.ts";
import { checkProps } from "../validation/index.ts";

export interface MacKeyProps {
  /** What it is for, in a sentence. At most 8192 characters (AWS KMS API: CreateKey). */
  readonly description: string;
}

/**
 * A KMS key that authenticates: whoever has the grant can have it make message authentication codes, and nobody can
 * read it. What it made stays valid until it is deleted, for which there are 30 days to think again.
 *
 * @throws SynthesisError naming each prop that breaks a rule
 */
export class MacKey extends Construct {
  readonly resource: KmsKey;
  readonly alias: KmsAlias;

  constructor(scope: Construct, id: string, { description }: MacKeyProps) {
    super(scope, id);
    checkProps(this, [
      [description.length > 8192, `description has ${description.length} characters, but may have 8192`],
    ]);
    this.resource = new KmsKey(this, "Resource", {
      description,
      keyUsage: "GENERATE_VERIFY_MAC",
      customerMasterKeySpec: "HMAC_256",
      deletionWindowInDays: 30,
    });
    this.alias = new KmsAlias(this, "Alias", {
      name: `alias/${nameFor("key", this)}`,
      targetKeyId: this.resource.keyId,
    });
  }

  get arn(): string {
    return this.resource.arn;
  }

  /** kms:GenerateMac with this key. */
  grantGenerateMac({ role }: Grantee): IamRolePolicy {
    return role.grant(
      { verb: "GenerateMacWith", target: this },
      { actions: ["kms:GenerateMac"], resources: [this.arn] },
    );
  }
}
