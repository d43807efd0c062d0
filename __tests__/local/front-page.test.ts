import { join } from "node:path";
import { fileBelow, frontPage, outputsJson } from "../../local/front-page.ts";

const report = {
  url: "http://127.0.0.1:4500",
  systems: new Map([
    ["one", [{ name: "api_url", value: "http://127.0.0.1:4500/a/prod", description: "URL of <the> API" }]],
    ["two", [{ name: "count", value: 2, description: undefined }]],
  ]),
};

test("the page shows every system and output, and nothing in them can be markup", async () => {
  const page = await frontPage(report);
  expect(page).toContain("<h2>one</h2>");
  expect(page).toContain("<code>http://127.0.0.1:4500/a/prod</code>");
  expect(page).toContain("URL of &lt;the&gt; API");
  expect(page).toContain("<h2>two</h2>");
});

test("the JSON has the values themselves, by system and output", () => {
  expect(outputsJson(report)).toEqual({ one: { api_url: "http://127.0.0.1:4500/a/prod" }, two: { count: 2 } });
});

test.each([
  ["aws/lambda/api.log", true],
  ["../secrets", false],
  ["aws/../../secrets", false],
  ["", false],
  ["/etc/passwd", true],
])("a log's path %j leads below the directory of logs: %s", (path, below) => {
  const directory = join("/data", "logs");
  const file = fileBelow(directory, path);
  expect(file !== undefined).toBe(below);
  if (file !== undefined) expect(file.startsWith(`${directory}/`)).toBe(true);
});
