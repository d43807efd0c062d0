import * as z from "zod";
import { type PublishedApi, publish } from "../../../clients/generator/published-api.ts";
import { publishedApis } from "../../../clients/generator/published-apis.ts";
import { referencePage } from "../../../clients/generator/reference/page.ts";
import { connectorFrameworkApi } from "../../../handlers/connector-framework/contract/api.ts";
import { defineApi } from "../../../handlers/runtime/api/description.ts";

/** The part of a page under a heading. */
const sectionOf = (page: string, heading: string) =>
  page.split(/^(?=#{1,3} )/m).find((section) => section.startsWith(`### ${heading}\n`)) ?? "";

describe.each(publishedApis)("the reference of $api.name", (published: PublishedApi) => {
  const page = referencePage(published);

  test("has every operation with its route, what it does, its errors and an example", () => {
    for (const { name, operation, errors } of published.operations) {
      const section = sectionOf(page, name);
      expect(section).toContain(`\`${operation.method} ${operation.path}\``);
      expect(section).toContain(operation.summary);
      for (const error of errors) expect(section).toContain(`\`${error.name}\` ${error.status}`);
      expect(section).toMatch(new RegExp(`\`\`\`http\n${operation.method} /[^{}]*\n`));
    }
  });

  test("has every member of every request, wherever it is nested", () => {
    const names = (schema: unknown, path: string): string[] => {
      const { properties = {}, items } = Object(schema);
      const inner = Object.entries(properties).flatMap(([name, member]) => {
        const at = path === "" ? name : `${path}.${name}`;
        return [at, ...names(member, at)];
      });
      return [...inner, ...(items ? names(items, `${path}[]`) : [])];
    };
    for (const { name, operation } of published.operations) {
      const section = sectionOf(page, name);
      for (const part of [operation.parameters, operation.query, operation.body]) {
        const schema = part && z.toJSONSchema(part, { io: "input", unrepresentable: "any" });
        for (const member of names(schema, "")) expect(section).toContain(`| \`${member}\` |`);
      }
    }
  });

  test("links lead to headings", () => {
    const headings = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase()));
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = ""]) => target);
    expect(links.length).toBeGreaterThan(published.operations.length);
    expect(links.filter((target) => !headings.has(target))).toEqual([]);
  });

  test("each row of a table has as many cells as its head", () => {
    for (const table of page.match(/(?:^\|.*\n)+/gm) ?? []) {
      const cells = table
        .trim()
        .split("\n")
        .map((row) => row.replaceAll("\\|", "").split("|").length);
      expect(new Set(cells).size).toBe(1);
    }
  });
});

test("limits, defaults and descriptions stand beside the members", () => {
  const [published] = publishedApis;
  if (!published) throw new Error("nothing is published");
  const page = referencePage(published);
  const create = sectionOf(page, "CreateCustomConnector");
  expect(create).toContain("| `container_properties.timeout` | body | integer |  | Seconds an attempt may run");
  expect(create).toMatch(/60 to 604800\. Default: `3600`\. \|/);
  expect(sectionOf(page, "ListCustomConnectorJobs")).toContain("| `max_results` | query | integer |  |");
  expect(sectionOf(page, "ListCustomConnectorJobs")).toContain("Items are in `jobs`.");
  expect(sectionOf(page, "GetCustomConnectorJob")).not.toContain("page by page");
  expect(sectionOf(page, "UpdateCustomConnector")).toContain("| `description` | body | string or null |  |");
});

test("what an API does not have, its page does not have", () => {
  const ping = { method: "GET", path: "/ping-me", summary: "Pings", success: { status: 204 }, errors: [] } as const;
  const api = defineApi({ ...connectorFrameworkApi, operations: { Ping: { ...ping, description: "Nothing more." } } });
  const source = { module: "nowhere.ts", name: "api" };
  const examples = { Ping: { input: {}, answer: undefined } };
  const section = sectionOf(referencePage(publish({ api, examples, source, boto3ServiceName: "any" })), "Ping");
  expect(section).toContain("Pings. Nothing more.");
  expect(section).toContain("**204** without a body.");
  expect(section).not.toContain("| member |");
});
