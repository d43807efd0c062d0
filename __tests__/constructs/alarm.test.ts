import { Alarm, type AlarmProps } from "../../constructs/alarm/index.ts";
import { synthesize } from "./synth.ts";

const everything: Required<AlarmProps> = {
  metric: { namespace: "Shop", name: "Unhappy", dimensions: { Shop: "corner" }, statistic: "Average" },
  atLeast: 2.5,
  periodSeconds: 60,
  periods: 3,
  description: "Customers are unhappy. Smile.",
};

const alarm = (props: Partial<AlarmProps> = {}) =>
  synthesize((stack) => new Alarm(stack, "Mood", { ...everything, ...props })).one("aws_cloudwatch_metric_alarm");

test("every prop is in the resource, and the stage's topics hear of it", () => {
  const topics = ["arn:aws:sns:eu-central-1:111111111111:alarms"];
  expect(alarm()).toEqual({
    alarm_name: "armature-dev-shop-mood",
    alarm_description: "Customers are unhappy. Smile.",
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
  ["description is too long", { description: "a".repeat(1025) }, "description has 1025 characters"],
])("fails when %s", (_, props, problem) => {
  expect(() => alarm(props)).toThrow(`dev-shop/Mood: ${problem}`);
});

test.each([10, 30, 60, 3600])("a period of %d seconds is allowed", (periodSeconds) => {
  expect(alarm({ periodSeconds }).period).toBe(periodSeconds);
});
