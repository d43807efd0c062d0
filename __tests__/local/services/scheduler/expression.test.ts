import * as fc from "fast-check";
import { parseExpression } from "../../../../local/services/scheduler/expression.ts";

/** The first times of an expression after a moment. */
function times(expression: string, timezone: string, after: string, count = 3): string[] {
  const parsed = parseExpression(expression, timezone);
  if (typeof parsed === "string") throw new Error(`${expression}: the ${parsed} is not known`);
  const start = Date.parse(after);
  const found: string[] = [];
  for (let last = start; found.length < count; ) {
    const next = parsed.next(last, start);
    if (next === undefined) break;
    found.push(new Date(next).toISOString().replace(".000Z", "Z"));
    last = next;
  }
  return found;
}

test("a rate counts from its start, which is its first time", () => {
  const parsed = parseExpression("rate(5 minutes)", "UTC");
  if (typeof parsed === "string") throw new Error(parsed);
  const start = Date.parse("2026-03-06T00:00:03Z");
  expect(parsed.next(start - 1, start)).toBe(start);
  expect(times("rate(5 minutes)", "UTC", "2026-03-06T00:00:03Z")).toEqual([
    "2026-03-06T00:05:03Z",
    "2026-03-06T00:10:03Z",
    "2026-03-06T00:15:03Z",
  ]);
});

test("a rate in days counts 24 hours, also when the clock changes", () => {
  expect(times("rate(1 day)", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)).toEqual([
    "2026-03-29T12:00:00Z",
    "2026-03-30T12:00:00Z",
  ]);
});

test.each([
  ["cron(0 10 * * ? *)", "every day", ["2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z", "2026-01-03T10:00:00Z"]],
  ["cron(15 12 ? * MON-FRI *)", "names", ["2026-01-01T12:15:00Z", "2026-01-02T12:15:00Z", "2026-01-05T12:15:00Z"]],
  ["cron(15 12 ? * 1 *)", "1 is Sunday", ["2026-01-04T12:15:00Z", "2026-01-11T12:15:00Z", "2026-01-18T12:15:00Z"]],
  ["cron(1/20 8 * * ? *)", "a step", ["2026-01-01T08:01:00Z", "2026-01-01T08:21:00Z", "2026-01-01T08:41:00Z"]],
  ["cron(0 0-23/8 1 * ? *)", "ranges", ["2026-01-01T08:00:00Z", "2026-01-01T16:00:00Z", "2026-02-01T00:00:00Z"]],
  ["cron(0 8 L * ? *)", "last of a month", ["2026-01-31T08:00:00Z", "2026-02-28T08:00:00Z", "2026-03-31T08:00:00Z"]],
  ["cron(0 8 ? * L *)", "last of a week", ["2026-01-03T08:00:00Z", "2026-01-10T08:00:00Z", "2026-01-17T08:00:00Z"]],
  ["cron(0 8 ? * 6L *)", "last Friday", ["2026-01-30T08:00:00Z", "2026-02-27T08:00:00Z", "2026-03-27T08:00:00Z"]],
  ["cron(0 8 ? * TUE#2 *)", "second Tuesday", ["2026-01-13T08:00:00Z", "2026-02-10T08:00:00Z", "2026-03-10T08:00:00Z"]],
  ["cron(0 8 3W * ? *)", "nearest weekday", ["2026-01-02T08:00:00Z", "2026-02-03T08:00:00Z", "2026-03-03T08:00:00Z"]],
  ["cron(0 8 LW * ? *)", "last weekday", ["2026-01-30T08:00:00Z", "2026-02-27T08:00:00Z", "2026-03-31T08:00:00Z"]],
  ["cron(0 8 1 JAN,jul ? 2027)", "a year", ["2027-01-01T08:00:00Z", "2027-07-01T08:00:00Z"]],
  ["cron(0 8 29 2 ? 2027)", "a day that never comes", []],
])("%s: %s", (expression, _, expected) => {
  expect(times(expression, "UTC", "2026-01-01T00:00:00Z")).toEqual(expected);
});

describe("where the clock changes", () => {
  test("a time that it skips is skipped", () => {
    expect(times("cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-28T00:00:00Z", 2)).toEqual([
      "2026-03-28T01:30:00Z",
      "2026-03-30T00:30:00Z",
    ]);
  });

  test("a time that it shows twice comes once, the first time", () => {
    expect(times("cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T00:30:00Z",
      "2026-10-26T01:30:00Z",
    ]);
  });

  test("who looks for the next time in the second pass finds the one after it", () => {
    expect(times("cron(* * * * ? *)", "Europe/Berlin", "2026-10-25T01:10:00Z", 1)).toEqual(["2026-10-25T02:00:00Z"]);
  });
});

test("at has one time, in its time zone, and none after it", () => {
  expect(times("at(2026-11-21T09:00:00)", "America/New_York", "2026-11-21T00:00:00Z")).toEqual([
    "2026-11-21T14:00:00Z",
  ]);
  expect(times("at(2026-11-21T09:00:00)", "America/New_York", "2026-11-21T14:00:00Z")).toEqual([]);
});

test.each([
  "rate(0 minutes)",
  "rate(-5 minutes)",
  "rate(5 seconds)",
  "rate(5)",
  "rate(1.5 hours)",
  "5 minutes",
  "cron(0 10 * * *)",
  "cron(0 10 * * * *)",
  "cron(0 10 ? * ? *)",
  "cron(0 10 1 * 2 *)",
  "cron(60 10 * * ? *)",
  "cron(0 24 * * ? *)",
  "cron(0 10 0 * ? *)",
  "cron(0 10 ? * 0 *)",
  "cron(0 10 ? * 8 *)",
  "cron(0 10 ? * 3#6 *)",
  "cron(0 10 32W * ? *)",
  "cron(0 10 * 13 ? *)",
  "cron(0 10 * * ? 1969)",
  "cron(0 10 * * ? 2200)",
  "cron(5-1 10 * * ? *)",
  "cron(*/0 10 * * ? *)",
  "cron(0/5, 9-18 ? * MON-FRI *)",
  "cron(@daily)",
  "at(2026-11-21)",
  "at(2026-02-30T09:00:00)",
  "at(2026-11-21T09:00:00Z)",
])("%s is no expression", (expression) => {
  expect(parseExpression(expression, "UTC")).toBe("expression");
});

test("at a time that the clock skips is no expression", () => {
  expect(parseExpression("at(2026-03-29T02:30:00)", "Europe/Berlin")).toBe("expression");
});

test.each(["Mars/Olympus", "+01:00", ""])("%j is no time zone", (timezone) => {
  expect(parseExpression("rate(1 minute)", timezone)).toBe("timezone");
});

test("whatever stands there is an expression or is none, and throws nothing", () => {
  const piece = fc.constantFrom("*", "?", "L", "W", "#", "-", "/", ",", "1", "31", "MON", "JAN", " ", "0");
  const fields = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(fc.constantFrom("cron", "rate", "at"), fields, (kind, inner) => {
      const parsed = parseExpression(`${kind}(${inner})`, "Europe/Berlin");
      if (typeof parsed !== "string") parsed.next(0, 0);
    }),
  );
});

describe("next times are those that a slow search finds", () => {
  test("of a rate", () => {
    const minute = 60_000;
    const start = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 90 }), fc.integer({ min: -3e6, max: 3e8 }), (from, value, away) => {
        const parsed = parseExpression(`rate(${value} minutes)`, "UTC");
        let expected = from;
        while (expected <= from + away) expected += value * minute;
        expect(typeof parsed !== "string" && parsed.next(from + away, from)).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });

  /** Around changes of the clock: forward, back, by half an hour, at midnight, and none. */
  const places = fc.constantFrom(
    ["Europe/Berlin", "2026-03-28T10:00:00Z"],
    ["Europe/Berlin", "2026-10-24T10:00:00Z"],
    ["America/New_York", "2026-03-07T10:00:00Z"],
    ["America/New_York", "2026-10-31T10:00:00Z"],
    ["Australia/Lord_Howe", "2026-04-03T10:00:00Z"],
    ["Australia/Lord_Howe", "2026-10-02T10:00:00Z"],
    ["America/Santiago", "2026-09-05T10:00:00Z"],
    ["America/Santiago", "2026-04-04T10:00:00Z"],
    ["Asia/Kathmandu", "2026-06-01T10:00:00Z"],
  );
  const some = (minimum: number, maximum: number) =>
    fc.uniqueArray(fc.integer({ min: minimum, max: maximum }), { minLength: 1, maxLength: 6 });

  test("of minutes and hours, in any time zone", () => {
    fc.assert(
      fc.property(places, some(0, 59), some(0, 23), ([timezone = "", from = ""], minutes, hours) => {
        const begin = Date.parse(from);
        const end = begin + 2 * 86_400_000;
        const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "short" });
        const walls = new Set<string>();
        const expected: number[] = [];
        for (let instant = begin; instant <= end; instant += 60_000) {
          const wall = shown.format(instant);
          const [hour, minute] = wall.slice(11).split(":").map(Number);
          // What the clock has shown before the search began was before it, too.
          const again = walls.has(wall) || shown.format(instant - 3_600_000) === wall;
          walls.add(wall);
          if (!again && hours.includes(hour ?? -1) && minutes.includes(minute ?? -1)) expected.push(instant);
        }
        const parsed = parseExpression(`cron(${minutes.join(",")} ${hours.join(",")} * * ? *)`, timezone);
        if (typeof parsed === "string") throw new Error(parsed);
        const found: number[] = [];
        for (let next = parsed.next(begin - 1, 0); next !== undefined && next <= end; next = parsed.next(next, 0))
          found.push(next);
        expect(found.map((time) => new Date(time))).toEqual(expected.map((time) => new Date(time)));
      }),
      { numRuns: 60 },
    );
  });

  const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
  const lastOf = (day: Date) => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  const isWeekday = (day: Date) => day.getUTCDay() > 0 && day.getUTCDay() < 6;
  /** The weekday nearest to a day of its month, without leaving the month. */
  const nearest = (day: Date, wanted: number) =>
    [0, -1, 1, -2, 2]
      .map((away) => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), wanted + away)))
      .find((other) => other.getUTCMonth() === day.getUTCMonth() && isWeekday(other));

  type Days = readonly [dayOfMonth: string, dayOfWeek: string, matches: (day: Date) => boolean];
  const days: fc.Arbitrary<Days> = fc.oneof(
    some(1, 31).map((list): Days => [list.join(","), "?", (day) => list.includes(day.getUTCDate())]),
    fc.constant<Days>(["L", "?", (day) => day.getUTCDate() === lastOf(day)]),
    fc
      .integer({ min: 1, max: 31 })
      .map(
        (wanted): Days => [
          `${wanted}W`,
          "?",
          (day) => wanted <= lastOf(day) && nearest(day, wanted)?.getTime() === day.getTime(),
        ],
      ),
    some(1, 7).map((list): Days => ["?", list.join(","), (day) => list.includes(day.getUTCDay() + 1)]),
    fc
      .constantFrom(...dayNames.keys())
      .map(
        (index): Days => [
          "?",
          `${dayNames[index]}L`,
          (day) => day.getUTCDay() === index && day.getUTCDate() + 7 > lastOf(day),
        ],
      ),
    fc
      .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5 }))
      .map(
        ([weekday, nth]): Days => [
          "?",
          `${weekday}#${nth}`,
          (day) => day.getUTCDay() + 1 === weekday && Math.ceil(day.getUTCDate() / 7) === nth,
        ],
      ),
  );

  test("of days, months and years", () => {
    fc.assert(
      fc.property(days, some(1, 12), some(2026, 2029), ([dayOfMonth, dayOfWeek, matches], months, years) => {
        const expected: string[] = [];
        for (let time = Date.UTC(2026, 0, 1); time < Date.UTC(2030, 0, 1); time += 86_400_000) {
          const day = new Date(time);
          const inTime = months.includes(day.getUTCMonth() + 1) && years.includes(day.getUTCFullYear());
          if (inTime && matches(day)) expected.push(day.toISOString().replace("00:00:00.000Z", "12:00:00Z"));
        }
        const expression = `cron(0 12 ${dayOfMonth} ${months.join(",")} ${dayOfWeek} ${years.join(",")})`;
        expect(times(expression, "UTC", "2026-01-01T00:00:00Z", 2000)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});
