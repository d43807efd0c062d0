/** The clock on the wall of a time zone. A wall time is written as the instant at which a wall clock in UTC shows it. */
export interface Zone {
  /** What the clock shows at an instant, in whole seconds. */
  wallAt(instant: number): number;
  /** When the clock shows a wall time: the first time, if it does so twice; undefined if it skips it. */
  instantOf(wall: number): number | undefined;
}

/** Longer than any zone's clock is away from UTC, so that it is on either side of a change of the clock. */
const aDay = 24 * 3_600_000;

/** @returns undefined when there is no time zone of that name */
export function zoneOf(name: string): Zone | undefined {
  const shown = formatterOf(name);
  if (!shown) return undefined;
  const wallAt = (instant: number) => {
    const parts = new Map(shown.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  };
  return {
    wallAt,
    instantOf(wall) {
      const offsets = [wall - aDay, wall + aDay].map((near) => wallAt(near) - near);
      const instants = offsets.map((offset) => wall - offset).filter((instant) => wallAt(instant) === wall);
      return instants.length === 0 ? undefined : Math.min(...instants);
    },
  };
}

function formatterOf(timeZone: string): Intl.DateTimeFormat | undefined {
  // Offsets are time zones to Intl and none to EventBridge Scheduler, which takes names of the IANA database.
  if (/^[+-]/.test(timeZone)) return undefined;
  const digits = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  const time = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone, calendar: "gregory", ...digits, ...time });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
