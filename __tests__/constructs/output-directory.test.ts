import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { removeStaleStacks } from "../../constructs/output-directory/index.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "armature-output-"));
  writeFileSync(join(directory, "manifest.json"), JSON.stringify({ version: "1", stacks: { "dev-shop": {} } }));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Puts empty files into a folder of `stacks/`. */
function put(stack: string, ...files: readonly string[]): void {
  for (const file of files) {
    const path = join(directory, "stacks", stack, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
  }
}

const stacks = () => readdirSync(join(directory, "stacks")).sort();

test("a stack that the manifest does not have goes, with its assets; those it has stay", () => {
  put("dev-shop", "cdk.tf.json", "assets/a.zip");
  put("prod-shop", "cdk.tf.json", "assets/a.zip", ".terraform.lock.hcl");
  expect(removeStaleStacks(directory)).toEqual([]);
  expect(stacks()).toEqual(["dev-shop"]);
  expect(existsSync(join(directory, "stacks/dev-shop/assets/a.zip"))).toBe(true);
});

test.each([".terraform/environment", "terraform.tfstate", "terraform.tfstate.backup"])(
  "a stack stays, and is told of, when Terraform left %s there",
  (file) => {
    put("dev-shop", "cdk.tf.json");
    put("prod-shop", "cdk.tf.json", file);
    put("prod-account", "cdk.tf.json");
    expect(removeStaleStacks(directory)).toEqual(["prod-shop"]);
    expect(stacks()).toEqual(["dev-shop", "prod-shop"]);
  },
);

test("what no synthesis made is not touched", () => {
  put("dev-shop", "cdk.tf.json");
  put("notes", "read-me.txt");
  put(".", ".gitkeep");
  expect(removeStaleStacks(directory)).toEqual([]);
  expect(stacks()).toEqual([".gitkeep", "dev-shop", "notes"]);
});
