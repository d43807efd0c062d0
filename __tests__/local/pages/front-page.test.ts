import { join } from "node:path";
import { frontPage, outputsJson } from "../../../local/pages/front-page.ts";
import { fileBelow } from "../../../local/pages/logs.ts";

const report = {
  url: "http://127.0.0.1:4500",
  systems: new Map([
    ["one", [{ name: "api_url", value: "http://127.0.0.1:4500/a/prod", description: "URL of <the> API" }]],
    [
      "two",
      [
        { name: "count", value: 2, description: undefined },
        { name: "log_group_api", value: "/aws/lambda/api", description: "Logs" },
        { name: "log_group_jobs", value: "/aws/batch/jobs", description: "Logs" },
      ],
    ],
  ]),
};

test("the page shows every system and output, and nothing in them can be markup", async () => {
  const page = await frontPage(report, (logGroup) => logGroup === "/aws/lambda/api");
  expect(page).toContain("<h2>one</h2>");
  expect(page).toContain("<code>http://127.0.0.1:4500/a/prod</code>");
  expect(page).toContain("URL of &lt;the&gt; API");
  expect(page).toContain("<h2>two</h2>");
  expect(page).toContain('<a href="/logs/aws/lambda/api.log">');
  expect(page).toContain("<td><code>/aws/batch/jobs</code></td>");
});

test("the JSON has the values themselves, by system and output", () => {
  expect(outputsJson(report)).toEqual({
    one: { api_url: "http://127.0.0.1:4500/a/prod" },
    two: { count: 2, log_group_api: "/aws/lambda/api", log_group_jobs: "/aws/batch/jobs" },
  });
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
