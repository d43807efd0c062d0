import * as z from "zod";
import { jsonText } from "./blocks.ts";
import { kind, type ResourceKinds } from "./resource.ts";
import { declare } from "./stage-context.ts";

export interface DeclaredRule {
  readonly name: string;
  readonly arn: string;
  readonly pattern: unknown;
  readonly enabled: boolean;
  readonly targets: { readonly id: string; readonly arn: string }[];
}

/** What a stack's resources declare of EventBridge: rules by their name, entered in `rules`. */
export const eventKinds = (rules: Map<string, DeclaredRule>): ResourceKinds =>
  new Map([
    ["aws_cloudwatch_event_rule", rule(rules)],
    ["aws_cloudwatch_event_target", target(rules)],
  ]);

const rule = (rules: Map<string, DeclaredRule>) =>
  kind(
    z.object({
      name: z.string(),
      event_pattern: jsonText,
      state: z.enum(["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]).default("ENABLED"),
      event_bus_name: z.literal("default").default("default"),
    }),
    ["description"],
    ({ name, event_pattern, state }, { region, accountId }) => {
      const arn = `arn:aws:events:${region}:${accountId}:rule/${name}`;
      declare(rules, "rules", name, {
        name,
        arn,
        pattern: event_pattern,
        enabled: state !== "DISABLED",
        targets: [],
      });
      return { arn, id: name };
    },
  );

const target = (rules: Map<string, DeclaredRule>) =>
  kind(
    z.object({
      rule: z.string(),
      arn: z.string().regex(/^arn:[^:]+:lambda:/, "only functions are targets on this machine"),
      target_id: z.string().optional(),
    }),
    // Delivery to a function of this machine cannot fail, so it needs neither.
    ["dead_letter_config", "retry_policy"],
    ({ rule, arn, target_id }, _, { address }) => {
      const declared = rules.get(rule);
      if (!declared) throw new Error(`${address}: ${rule} is no rule of this stage`);
      declared.targets.push({ id: target_id ?? address, arn });
      return { id: address };
    },
  );
