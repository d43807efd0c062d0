import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderReference } from "../../environments/reference.ts";
import { environmentSchema } from "../../environments/schema.ts";

test("docs/environments.md is what the schema says; if not, run node environments/write-reference.ts", () => {
  expect(readFileSync(join(import.meta.dirname, "../../docs/environments.md"), "utf8")).toBe(renderReference());
});

test("every value has its row and says what it is", () => {
  const rows = renderReference()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  for (const name of Object.keys(environmentSchema.shape))
    expect(rows.filter((row) => row.startsWith(`| \`${name}\``) || row.startsWith(`| \`${name}.`))).not.toEqual([]);
  for (const row of rows) expect(row).not.toMatch(/\|\s+\|/);
});
