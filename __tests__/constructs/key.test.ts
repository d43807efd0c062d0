import { MacKey } from "../../constructs/key/index.ts";
import { Role } from "../../constructs/role/index.ts";
import { synthesize } from "./synth.ts";

const made = (description = "Seals the till") =>
  synthesize((stack) => {
    const role = new Role(stack, "Clerk", { assumedBy: "lambda.amazonaws.com", description: "" });
    new MacKey(stack, "Seal", { description }).grantGenerateMac(role);
  });

test("it makes message authentication codes, and cannot be deleted in haste", () => {
  expect(made().one("aws_kms_key")).toEqual({
    description: "Seals the till",
    key_usage: "GENERATE_VERIFY_MAC",
    customer_master_key_spec: "HMAC_256",
    deletion_window_in_days: 30,
  });
  expect(made().one("aws_kms_alias")).toEqual({
    name: "alias/armature-dev-shop-seal",
    target_key_id: expect.stringMatching(/^\$\{aws_kms_key\.Seal_[0-9A-F]+\.key_id\}$/),
  });
});

test("the grant is for making codes with this key, and for nothing else", () => {
  expect(made().statements("Clerk")).toEqual([
    {
      Effect: "Allow",
      Action: ["kms:GenerateMac"],
      Resource: [expect.stringMatching(/^\$\{aws_kms_key\.Seal_.*\.arn\}$/)],
    },
  ]);
});

test("fails when the description is too long", () => {
  expect(() => made("a".repeat(8193))).toThrow("dev-shop/Seal: description has 8193 characters, but may have 8192");
});
