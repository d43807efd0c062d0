import { type NextWallTime, parseCron } from "./cron.ts";
import { type Zone, zoneOf } from "./zone.ts";

/** When a schedule invokes its target, from its expression. All times in milliseconds since the epoch. */
export interface Times {
  /** Whether there is one time only, which neither start nor end of the schedule move. */
  readonly once: boolean;
  /**
   * The first time after a given one; undefined when there is none any more.
   *
   * @param start when a rate begins to count, which is its first time
   */
  next(after: number, start: number): number | undefined;
}

const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Reads `rate(…)`, `cron(…)` or `at(…)`. A time that the zone's clock skips is skipped; one that it shows twice is a
 * time once, the first time; a rate in days counts 24 hours (EventBridge Scheduler's User Guide: "Schedule types",
 * Daylight savings time).
 *
 * @returns what is wrong, when something is
 */
export function parseExpression(expression: string, timezone: string): Times | "expression" | "timezone" {
  const zone = zoneOf(timezone);
  if (!zone) return "timezone";
  const [, kind, inner = ""] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === "rate") return rate(inner) ?? "expression";
  if (kind === "at") return at(inner, zone) ?? "expression";
  const next = kind === "cron" ? parseCron(inner) : undefined;
  return next ? cron(next, zone) : "expression";
}

function rate(text: string): Times | undefined {
  const [, value = "", unit = ""] = /^([1-9]\d{0,8}) (minute|hour|day)s?$/.exec(text) ?? [];
  const interval = Number(value) * (units[unit] ?? Number.NaN);
  if (!(interval > 0)) return undefined;
  return {
    once: false,
    next: (after, start) => start + Math.max(0, Math.floor((after - start) / interval) + 1) * interval,
  };
}

function cron(nextWall: NextWallTime, zone: Zone): Times {
  return {
    once: false,
    next(after) {
      let wall = nextWall(zone.wallAt(after));
      while (wall !== undefined) {
        const instant = zone.instantOf(wall);
        if (instant !== undefined && instant > after) return instant;
        wall = nextWall(wall);
      }
      return undefined;
    },
  };
}

function at(text: string, zone: Zone): Times | undefined {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  // Date.parse goes on to the next month where one has no such day.
  const isThere = !Number.isNaN(wall) && new Date(wall).toISOString().startsWith(text);
  const instant = isThere ? zone.instantOf(wall) : undefined;
  if (instant === undefined) return undefined;
  return { once: true, next: (after) => (instant > after ? instant : undefined) };
}
