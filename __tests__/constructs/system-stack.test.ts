import { App } from "cdktf";
import { output, SystemStack, systemOf } from "../../constructs/system-stack/index.ts";
import { environmentOf, synthesize } from "./synth.ts";

test("the provider touches the stage's account and region only, and tags everything", () => {
  const { json } = synthesize(() => {}, { tags: { owner: "shop team" } });
  expect(json.provider.aws).toEqual([
    {
      region: "eu-central-1",
      allowed_account_ids: ["111111111111"],
      default_tags: [
        { tags: { owner: "shop team", project: "armature", stage: "dev", system: "shop", "managed-by": "terraform" } },
      ],
    },
  ]);
});

test("versions are pinned where Terraform looks for them", () => {
  const { terraform } = synthesize(() => {}).json;
  expect(terraform.required_version).toBe(">= 1.10");
  expect(terraform.required_providers).toEqual({ aws: { source: "hashicorp/aws", version: "~> 6.25" } });
});

test("state is encrypted and locked in the stage's bucket, under the system's name", () => {
  const state = { bucket: "state-of-shops", region: "eu-west-1", keyPrefix: "shops/" };
  expect(synthesize(() => {}, { state }).json.terraform.backend).toEqual({
    s3: {
      bucket: "state-of-shops",
      region: "eu-west-1",
      key: "shops/shop/terraform.tfstate",
      encrypt: true,
      use_lockfile: true,
    },
  });
});

test("without a bucket, state is beside the stack, by a relative path", () => {
  const local = { stage: "local", accountId: "000000000000", alarmTopicArns: [] } as const;
  const { json } = synthesizeWithoutState(local);
  expect(json.terraform.backend).toEqual({ local: { path: "terraform.tfstate" } });
});

const synthesizeWithoutState = (changes: Parameters<typeof synthesize>[1]) =>
  synthesize(() => {}, { ...changes, state: undefined });

test("an output has its own name and says what it is", () => {
  const { json } = synthesize((stack) => output(stack, "shop_url", { value: "https://shop", description: "The shop" }));
  expect(json.output).toEqual({ shop_url: { value: "https://shop", description: "The shop" } });
});

test.each([
  ["eu-central-1", "arn:aws:sqs:eu-central-1:111111111111:q", "arn:aws:iam::111111111111:role/r"],
  ["cn-north-1", "arn:aws-cn:sqs:cn-north-1:111111111111:q", "arn:aws-cn:iam::111111111111:role/r"],
  ["us-gov-west-1", "arn:aws-us-gov:sqs:us-gov-west-1:111111111111:q", "arn:aws-us-gov:iam::111111111111:role/r"],
])("ARNs in %s are of its part of AWS", (region, arn, iamArn) => {
  synthesize(
    (stack) => {
      expect(stack.arn("sqs", "q")).toBe(arn);
      expect(stack.iamArn("role/r")).toBe(iamArn);
    },
    { region, alarmTopicArns: [] },
  );
});

test("fails when a building block is outside a system's stack", () => {
  const app = new App();
  expect(() => systemOf(app)).toThrow();
  const stack = new SystemStack(app, "shop", { environment: environmentOf(), bundles: "" });
  expect(systemOf(stack)).toBe(stack);
});
