import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Alarm, type AlarmProps } from "../../constructs/alarm/index.ts";
import { runbooks } from "../../constructs/alarm/runbooks.ts";
import { synthesize } from "./synth.ts";

const everything: Required<AlarmProps> = {
  metric: { namespace: "Shop", name: "Unhappy", dimensions: { Shop: "corner" }, statistic: "Average" },
  atLeast: 2.5,
  periodSeconds: 60,
  periods: 3,
  description: "Customers are unhappy. Smile.",
  runbook: "function-errors",
};

const alarm = (props: Partial<AlarmProps> = {}) =>
  synthesize((stack) => new Alarm(stack, "Mood", { ...everything, ...props })).one("aws_cloudwatch_metric_alarm");

test("every prop is in the resource, and the stage's topics hear of it", () => {
  const topics = ["arn:aws:sns:eu-central-1:111111111111:alarms"];
  expect(alarm()).toEqual({
    alarm_name: "armature-dev-shop-mood",
    alarm_description: "Customers are unhappy. Smile. Runbook: docs/runbooks/function-errors.md",
    namespace: "Shop",
    metric_name: "Unhappy",
    dimensions: { Shop: "corner" },
    statistic: "Average",
    comparison_operator: "GreaterThanOrEqualToThreshold",
    threshold: 2.5,
    period: 60,
    evaluation_periods: 3,
    treat_missing_data: "notBreaching",
    alarm_actions: topics,
    ok_actions: topics,
  });
});

test.each<[string, Partial<AlarmProps>, string]>([
  ["periodSeconds is 45", { periodSeconds: 45 }, "periodSeconds is 45"],
  ["periodSeconds is 0", { periodSeconds: 0 }, "periodSeconds is 0"],
  ["periods is 0", { periods: 0 }, "periods is 0"],
  ["description is too long", { description: "a".repeat(851) }, "description has 851 characters"],
])("fails when %s", (_, props, problem) => {
  expect(() => alarm(props)).toThrow(`dev-shop/Mood: ${problem}`);
});

test.each([10, 30, 60, 3600])("a period of %d seconds is allowed", (periodSeconds) => {
  expect(alarm({ periodSeconds }).period).toBe(periodSeconds);
});

test("a share is computed of two metrics, is 0 while nothing happens, and is the alarm's only value", () => {
  const metric = (name: string) => ({ namespace: "Shop", name, dimensions: {}, statistic: "Sum" }) as const;
  const { metric_query, ...rest } = alarm({ metric: { part: metric("Thefts"), of: metric("Visits") }, atLeast: 5 });
  const watched = (name: string) => ({ namespace: "Shop", metric_name: name, stat: "Sum", period: 60, dimensions: {} });
  expect(metric_query).toEqual([
    { id: "part", metric: watched("Thefts"), return_data: false },
    { id: "whole", metric: watched("Visits"), return_data: false },
    { id: "share", expression: "IF(whole > 0, 100 * part / whole, 0)", label: "Percent", return_data: true },
  ]);
  expect(rest).toMatchObject({ threshold: 5, evaluation_periods: 3 });
  for (const name of ["namespace", "metric_name", "dimensions", "statistic", "period"])
    expect(rest).not.toHaveProperty(name);
});

test("every runbook has a page that says what it means, where to look and what to do, and every page is one", () => {
  const folder = join(__dirname, "../../docs/runbooks");
  const pages = readdirSync(folder).filter((file) => file !== "README.md");
  expect(pages.sort()).toEqual(runbooks.map((name) => `${name}.md`).sort());
  for (const page of pages) {
    const headings = readFileSync(join(folder, page), "utf8").match(/^## .*$/gm);
    expect([page, headings]).toEqual([page, ["## What it means", "## Look at", "## Mend", "## Afterwards"]]);
  }
});
