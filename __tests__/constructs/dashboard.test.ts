import type { Metric } from "../../constructs/alarm/index.ts";
import { Dashboard, type Row } from "../../constructs/dashboard/index.ts";
import { synthesize } from "./synth.ts";

const metric = (name: string): Metric => ({
  namespace: "Shop",
  name,
  dimensions: { Shop: "corner", Till: "1" },
  statistic: "Sum",
});
const dashboard = (...rows: readonly Row[]) =>
  synthesize((stack) => new Dashboard(stack, "Window", { rows })).one("aws_cloudwatch_dashboard");

test("rows stand under each other, and a row's graphs share its width", () => {
  const { dashboard_name, dashboard_body } = dashboard(
    { heading: "Sales", graphs: [{ title: "Visits", lines: { People: metric("Visits"), Sold: metric("Sales") } }] },
    {
      heading: "Losses",
      graphs: [
        { title: "Thefts", lines: { Thefts: metric("Thefts") } },
        { title: "Waste", lines: { Waste: metric("Waste") } },
      ],
    },
  );
  expect(dashboard_name).toBe("armature-dev-shop-window");
  const { widgets } = JSON.parse(String(dashboard_body));
  expect(widgets.map(({ type, x, y, width, height }: Record<string, unknown>) => [type, x, y, width, height])).toEqual([
    ["text", 0, 0, 24, 1],
    ["metric", 0, 1, 24, 6],
    ["text", 0, 7, 24, 1],
    ["metric", 0, 8, 12, 6],
    ["metric", 12, 8, 12, 6],
  ]);
  expect(widgets[0].properties).toEqual({ markdown: "## Sales" });
  expect(widgets[1].properties).toEqual({
    title: "Visits",
    region: "eu-central-1",
    view: "timeSeries",
    period: 300,
    yAxis: { left: { min: 0 } },
    metrics: [
      ["Shop", "Visits", "Shop", "corner", "Till", "1", { label: "People", stat: "Sum" }],
      ["Shop", "Sales", "Shop", "corner", "Till", "1", { label: "Sold", stat: "Sum" }],
    ],
  });
});

const graph = { title: "Visits", lines: { People: metric("Visits") } };

test.each<[string, readonly Row[], string]>([
  ["there are no rows", [], "rows is empty"],
  ["a row has no graphs", [{ heading: "", graphs: [] }], "rows.0.graphs has 0, but must have 1 to 4"],
  ["a row has too many graphs", [{ heading: "", graphs: Array(5).fill(graph) }], "rows.0.graphs has 5"],
  ["a graph has no lines", [{ heading: "", graphs: [{ title: "", lines: {} }] }], "rows.0.graphs.0.lines is empty"],
])("fails when %s", (_, rows, problem) => {
  expect(() => dashboard(...rows)).toThrow(`dev-shop/Window: ${problem}`);
});
