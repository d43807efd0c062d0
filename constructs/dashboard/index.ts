import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct } from "constructs";
import type { Metric } from "../alarm/index.ts";
import { canonicalJson } from "../json/canonical-json.ts";
import { nameFor, systemOf } from "../system-stack/index.ts";
import { checkProps } from "../validation/index.ts";

/** A graph with a line for each metric. */
export interface Graph {
  readonly title: string;
  /** Metrics by what their lines are called. */
  readonly lines: Readonly<Record<string, Metric>>;
}

/** Graphs side by side under a heading. */
export interface Row {
  readonly heading: string;
  /** 1 to 4. */
  readonly graphs: readonly Graph[];
}

export interface DashboardProps {
  /** From top to bottom, in the order a reader asks. */
  readonly rows: readonly Row[];
}

/** Columns of a dashboard, and rows of a heading and of a graph (Amazon CloudWatch: Dashboard body structure and syntax). */
const columns = 24;
const headingHeight = 1;
const graphHeight = 6;

/**
 * A dashboard of rows of graphs, with values of five minutes.
 *
 * @throws SynthesisError naming each row or graph that breaks a rule
 */
export class Dashboard extends Construct {
  readonly resource: CloudwatchDashboard;

  constructor(scope: Construct, id: string, { rows }: DashboardProps) {
    super(scope, id);
    checkProps(this, [
      [rows.length === 0, "rows is empty: there would be nothing to see"],
      ...rows.flatMap(({ graphs }, row): [boolean, string][] => [
        [graphs.length < 1 || graphs.length > 4, `rows.${row}.graphs has ${graphs.length}, but must have 1 to 4`],
        ...graphs.map(({ lines }, graph): [boolean, string] => [
          Object.keys(lines).length === 0,
          `rows.${row}.graphs.${graph}.lines is empty: there would be nothing to see`,
        ]),
      ]),
    ]);
    const { region } = systemOf(this).environment;
    this.resource = new CloudwatchDashboard(this, "Resource", {
      dashboardName: nameFor("dashboard", this),
      dashboardBody: canonicalJson({
        widgets: rows.flatMap((row, index) => widgets(row, index * (headingHeight + graphHeight), region)),
      }),
    });
  }
}

function widgets({ heading, graphs }: Row, y: number, region: string): object[] {
  const width = columns / graphs.length;
  const text = { type: "text", x: 0, y, width: columns, height: headingHeight };
  return [
    { ...text, properties: { markdown: `## ${heading}` } },
    ...graphs.map(({ title, lines }, place) => ({
      type: "metric",
      ...{ x: place * width, y: y + headingHeight, width, height: graphHeight },
      properties: {
        ...{ title, region, view: "timeSeries", period: 300, yAxis: { left: { min: 0 } } },
        metrics: Object.entries(lines).map(([label, { namespace, name, dimensions, statistic }]) => [
          namespace,
          name,
          ...Object.entries(dimensions).flat(),
          { label, stat: statistic },
        ]),
      },
    })),
  ];
}
