import { Repository, type RepositoryProps } from "../../constructs/repository/index.ts";
import { Role } from "../../constructs/role/index.ts";
import { parsed, synthesize } from "./synth.ts";

const everything: Required<RepositoryProps> = {
  keepImages: 5,
  kmsKeyArn: "arn:aws:kms:eu-central-1:111111111111:key/1",
};

const repository = (props?: RepositoryProps, changes: Parameters<typeof synthesize>[1] = {}) =>
  synthesize((stack) => new Repository(stack, "Baker", props), changes);

test("every prop is in the resources", () => {
  const made = repository(everything);
  expect(made.one("aws_ecr_repository")).toEqual({
    name: "armature-dev-shop-baker",
    image_tag_mutability: "IMMUTABLE",
    image_scanning_configuration: { scan_on_push: true },
    encryption_configuration: [{ encryption_type: "KMS", kms_key: everything.kmsKeyArn }],
    force_delete: expect.any(Boolean),
    lifecycle: { prevent_destroy: expect.any(Boolean) },
  });
  const [id] = Object.keys(made.all("aws_ecr_repository"));
  const { repository: of, policy } = made.one("aws_ecr_lifecycle_policy");
  expect(of).toBe(`\${aws_ecr_repository.${id}.name}`);
  expect(parsed(policy)).toEqual({
    rules: [
      {
        rulePriority: 1,
        description: "Keep the newest 5",
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 5 },
        action: { type: "expire" },
      },
    ],
  });
});

test("one that says nothing of itself is encrypted all the same, and keeps twenty images", () => {
  const made = repository();
  expect(made.one("aws_ecr_repository").encryption_configuration).toEqual([{ encryption_type: "AES256" }]);
  expect(made.one("aws_ecr_lifecycle_policy").policy).toContain('"countNumber":20');
});

test.each([true, false])("images go with it unless the stage protects from deletion: %s", (deletionProtection) => {
  expect(repository({}, { deletionProtection }).one("aws_ecr_repository")).toMatchObject({
    force_delete: !deletionProtection,
    lifecycle: { prevent_destroy: deletionProtection },
  });
});

test("an image is named by its tag", () => {
  const made = synthesize((stack) => {
    new Role(stack, "Clerk", {
      assumedBy: "ecs-tasks.amazonaws.com",
      description: new Repository(stack, "Baker").imageUri("1.2"),
    });
  });
  expect(made.one("aws_iam_role").description).toMatch(/^\$\{aws_ecr_repository\.Baker_\w+\.repository_url\}:1\.2$/);
});

test("a grant pulls from it, from no other, and pushes nothing", () => {
  const made = synthesize((stack) => {
    const role = new Role(stack, "Clerk", { assumedBy: "ecs-tasks.amazonaws.com", description: "" });
    new Repository(stack, "Baker").grantPull(role);
  });
  expect(made.statements()).toEqual([
    {
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: [expect.stringMatching(/^\$\{aws_ecr_repository\.Baker_\w+\.arn\}$/)],
    },
    { Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
  ]);
});

test.each<[string, RepositoryProps, string]>([
  ["keepImages is 0", { keepImages: 0 }, "keepImages is 0"],
  ["keepImages is a half", { keepImages: 1.5 }, "keepImages is 1.5"],
  ["kmsKeyArn is empty", { kmsKeyArn: "" }, "kmsKeyArn must be"],
])("fails when %s", (_, props, problem) => {
  expect(() => repository(props)).toThrow(`dev-shop/Baker: ${problem}`);
});
