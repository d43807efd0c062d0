import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../functions/clock.ts";
import { checkEntry, type EventBridgeEvent, type EventEntry, envelope } from "./event.ts";
import { compilePattern, type EventPredicate } from "./pattern/event-pattern.ts";

/** Where a rule sends its events. */
export interface EventTarget {
  readonly id: string;
  /** Resolves when the target has taken the event for good, for example an asynchronous invocation on disk. */
  deliver(event: EventBridgeEvent): Promise<unknown>;
}

/** A rule of a bus. */
export interface EventRule {
  readonly name: string;
  readonly pattern: unknown;
  readonly state: "ENABLED" | "DISABLED";
  readonly targets: readonly EventTarget[];
}

/** An event bus with its rules. */
export interface EventBus {
  readonly name: string;
  readonly arn: string;
  /** Adds a rule, or replaces the one of that name. @throws InvalidEventPatternError */
  putRule(rule: EventRule): void;
  /** Does nothing if there is no such rule, like the others of EventBridge's removals. */
  removeRule(name: string): void;
  removeTarget(ruleName: string, targetId: string): void;
  /**
   * Delivers an event to every target of every enabled rule it matches, and resolves with its id when all have taken it.
   * @throws InvalidEntryError for what EventBridge refuses
   * @throws AggregateError when a target did not take it; the others have it nevertheless
   */
  publish(entry: EventEntry): Promise<string>;
}

export interface EventBusOptions {
  /** @default "default" */
  readonly name?: string;
  readonly account: string;
  readonly region: string;
  readonly clock?: Pick<Clock, "now">;
  readonly newId?: () => string;
}

/** A bus without rules. */
export function createEventBus(options: EventBusOptions): EventBus {
  const { name = "default", account, region, clock = systemClock, newId = randomUUID } = options;
  const rules = new Map<string, { readonly rule: EventRule; readonly matches: EventPredicate }>();

  return {
    name,
    arn: `arn:aws:events:${region}:${account}:event-bus/${name}`,
    putRule(rule) {
      const ids = rule.targets.map((target) => target.id);
      const twice = ids.find((id, index) => ids.indexOf(id) !== index);
      if (twice !== undefined) throw new Error(`rule ${rule.name}: two targets have the id ${twice}`);
      rules.set(rule.name, { rule, matches: compilePattern(rule.pattern) });
    },
    removeRule(ruleName) {
      rules.delete(ruleName);
    },
    removeTarget(ruleName, targetId) {
      const found = rules.get(ruleName);
      if (!found) return;
      const targets = found.rule.targets.filter((target) => target.id !== targetId);
      rules.set(ruleName, { ...found, rule: { ...found.rule, targets } });
    },
    async publish(entry) {
      checkEntry(entry);
      const event = envelope(entry, { id: newId(), account, region, now: clock.now() });
      const targets = [...rules.values()]
        .filter(({ rule, matches }) => rule.state === "ENABLED" && matches(event))
        .flatMap(({ rule }) => rule.targets.map((target) => ({ rule, target })));
      const outcomes = await Promise.allSettled(targets.map(async ({ target }) => target.deliver(event)));
      const failures = outcomes.flatMap((outcome, index) => {
        if (outcome.status === "fulfilled") return [];
        const { rule, target } = targets[index] ?? {};
        return [
          new Error(`rule ${rule?.name}, target ${target?.id} did not take the event`, { cause: outcome.reason }),
        ];
      });
      if (failures.length > 0)
        throw new AggregateError(failures, failures.map((failure) => failure.message).join("; "));
      return event.id;
    },
  };
}
