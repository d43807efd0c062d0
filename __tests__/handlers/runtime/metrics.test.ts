import { execFileSync } from "node:child_process";
import { join } from "node:path";
import * as z from "zod";
import { project } from "../../helpers/stage-process.ts";

const line = z.looseObject({
  service: z.string(),
  _aws: z.object({
    CloudWatchMetrics: z.tuple([
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.looseObject({ Name: z.string(), Unit: z.string() })),
      }),
    ]),
  }),
});

/** What a process that records these metrics writes, as the lines of its log. */
function written(script: string, environment: NodeJS.ProcessEnv = {}): z.output<typeof line>[] {
  const source = `import { count, createMetrics, seconds } from "./handlers/runtime/metrics.ts";
    const metrics = createMetrics("Armature/Shop", "armature-dev-shop"); ${script}`;
  const output = execFileSync(
    join(project, "node_modules/.bin/node"),
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", source],
    { cwd: project, encoding: "utf8", env: { ...process.env, ...environment } },
  );
  return output
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => line.parse(JSON.parse(text)));
}

test("values that belong together are one line that CloudWatch reads", () => {
  const [only, ...others] = written("metrics.record({ Sales: count(2), Waited: seconds(1.5) });");
  expect(others).toEqual([]);
  expect(only).toMatchObject({ service: "armature-dev-shop", Sales: 2, Waited: 1.5 });
  expect(only?._aws.CloudWatchMetrics[0]).toMatchObject({
    Namespace: "Armature/Shop",
    Dimensions: [["service"]],
    Metrics: [
      { Name: "Sales", Unit: "Count" },
      { Name: "Waited", Unit: "Seconds" },
    ],
  });
});

test("a dimension stands beside the service, and only for its own record", () => {
  const [apples, all] = written(
    'metrics.record({ Sales: count(1) }, { Fruit: "apple" }); metrics.record({ Sales: count(3) });',
  );
  expect(apples).toMatchObject({ Fruit: "apple", Sales: 1 });
  expect(apples?._aws.CloudWatchMetrics[0].Dimensions).toEqual([["service", "Fruit"]]);
  expect(all?._aws.CloudWatchMetrics[0].Dimensions).toEqual([["service"]]);
});

test("the library's own switch turns metrics off", () => {
  expect(written("metrics.record({ Sales: count(1) });", { POWERTOOLS_METRICS_DISABLED: "true" })).toEqual([]);
});
