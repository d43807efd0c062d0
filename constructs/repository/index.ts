import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository/index.js";
import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Construct } from "constructs";
import { canonicalJson } from "../json/canonical-json.ts";
import type { Grantee } from "../role/index.ts";
import { nameFor, systemOf } from "../system-stack/index.ts";
import { checkProps, wholeNumber } from "../validation/index.ts";

export interface RepositoryProps {
  /** Images that are kept, the newest; 1 to 10 000. More than one may have to be gone back to. @default 20 */
  readonly keepImages?: number;
  /** ARN of a KMS key that encrypts the images. Cannot change once deployed. @default Amazon ECR's own */
  readonly kmsKeyArn?: string;
}

/**
 * A repository of container images: encrypted, each image scanned when it is pushed, and no tag pushed over, so that what
 * was tested is what runs. Where the stage protects from deletion, it is not destroyed with images in it.
 *
 * @throws SynthesisError naming each prop that breaks a rule
 */
export class Repository extends Construct {
  readonly resource: EcrRepository;
  readonly lifecycle: EcrLifecyclePolicy;

  constructor(scope: Construct, id: string, { keepImages = 20, kmsKeyArn }: RepositoryProps = {}) {
    super(scope, id);
    checkProps(this, [
      wholeNumber("keepImages", keepImages, 1, 10_000),
      [kmsKeyArn === "", "kmsKeyArn must be the ARN of a key"],
    ]);
    const { deletionProtection } = systemOf(this).environment;
    this.resource = new EcrRepository(this, "Resource", {
      name: nameFor("repository", this),
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [
        kmsKeyArn === undefined ? { encryptionType: "AES256" } : { encryptionType: "KMS", kmsKey: kmsKeyArn },
      ],
      forceDelete: !deletionProtection,
      lifecycle: { preventDestroy: deletionProtection },
    });
    this.lifecycle = new EcrLifecyclePolicy(this, "Lifecycle", {
      repository: this.resource.name,
      policy: canonicalJson({
        rules: [
          {
            rulePriority: 1,
            description: `Keep the newest ${keepImages}`,
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: keepImages },
            action: { type: "expire" },
          },
        ],
      }),
    });
  }

  get name(): string {
    return this.resource.name;
  }

  get arn(): string {
    return this.resource.arn;
  }

  /** URI of the image with a tag. */
  imageUri(tag: string): string {
    return `${this.resource.repositoryUrl}:${tag}`;
  }

  /**
   * ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer on the repository, and
   * ecr:GetAuthorizationToken, which has no resource-level permission.
   */
  grantPull({ role }: Grantee): IamRolePolicy {
    return role.grant(
      { verb: "PullFrom", target: this },
      {
        actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        resources: [this.arn],
      },
      { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    );
  }
}
