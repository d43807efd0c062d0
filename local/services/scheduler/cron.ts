import { Cron } from "croner";

/**
 * EventBridge's cron dialect (User Guide: "Schedule types in EventBridge Scheduler"): minutes, hours, day of month,
 * month, day of week from 1 for Sunday, year. Croner finds the times; what it understands otherwise is translated,
 * and what EventBridge does not know is refused here.
 */

interface Field {
  readonly minimum: number;
  readonly maximum: number;
  /** What the smallest values are called, from `minimum` on. */
  readonly names?: readonly string[];
}

const minutes: Field = { minimum: 0, maximum: 59 };
const hours: Field = { minimum: 0, maximum: 23 };
const daysOfMonth: Field = { minimum: 1, maximum: 31 };
const months: Field = {
  ...{ minimum: 1, maximum: 12 },
  names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const daysOfWeek: Field = { minimum: 1, maximum: 7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };
const years: Field = { minimum: 1970, maximum: 2199 };

/** Wall times, as `zone.ts` writes them: the first one after a given one. */
export type NextWallTime = (after: number) => number | undefined;

/**
 * Reads the six fields between the parentheses of `cron(…)`.
 *
 * @returns undefined when they are not what EventBridge takes
 */
export function parseCron(fields: string): NextWallTime | undefined {
  const texts = fields.trim().split(/\s+/);
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = texts;
  // One of the two says which days; the other has to say that it does not.
  if (texts.length !== 6 || (dayOfMonth === "?") === (dayOfWeek === "?")) return undefined;
  const translated = [
    ...[list(minute, minutes), list(hour, hours), translateDayOfMonth(dayOfMonth)],
    ...[list(month, months), translateDayOfWeek(dayOfWeek), list(year, years)],
  ];
  if (translated.includes(undefined)) return undefined;
  const cron = new Cron(["0", ...translated].join(" "), { mode: "7-part", timezone: "UTC", paused: true });
  return (after) => cron.nextRun(new Date(after))?.getTime();
}

function translateDayOfMonth(text: string): string | undefined {
  if (text === "?") return "*";
  if (text === "L" || text === "LW") return text;
  const nearest = /^(\d+)W$/.exec(text)?.[1];
  if (nearest !== undefined) return number(nearest, daysOfMonth) === undefined ? undefined : text;
  return list(text, daysOfMonth);
}

/** Croner counts from 0 for Sunday. */
function translateDayOfWeek(text: string): string | undefined {
  if (text === "?") return "*";
  // The last day of the week.
  if (text === "L") return "6";
  const [, day, nth] = /^(\w+)#([1-5])$/.exec(text) ?? /^(\w+?)(L)$/.exec(text) ?? [];
  if (day !== undefined) {
    const found = number(day, daysOfWeek);
    return found === undefined ? undefined : `${found - 1}#${nth}`;
  }
  return list(text, daysOfWeek, -1);
}

/** A field of values, ranges and steps as the list of all its values; `*` stays what it is. */
function list(text: string, field: Field, shift = 0): string | undefined {
  if (text === "*") return text;
  const values = text.split(",").map((part) => valuesOf(part, field));
  if (values.some((found) => found === undefined)) return undefined;
  return [...new Set(values.flatMap((found) => found ?? []))].map((value) => value + shift).join(",");
}

function valuesOf(text: string, field: Field): number[] | undefined {
  const [, first = "", last, increment] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(text) ?? [];
  if (first === "" || (first === "*" && last !== undefined)) return undefined;
  const from = first === "*" ? field.minimum : number(first, field);
  const open = first === "*" || increment !== undefined;
  const to = last !== undefined ? number(last, field) : open ? field.maximum : from;
  const step = Number(increment ?? 1);
  if (from === undefined || to === undefined || from > to || step < 1) return undefined;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function number(text: string, { minimum, maximum, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return minimum + named;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= minimum && value <= maximum ? value : undefined;
}
