import { compilePattern, type EventPredicate } from "../events/pattern/event-pattern.ts";

/**
 * Compiles the filters of an event source mapping: a record passes when one of them matches it, or there are none
 * (AWS: "Control which events Lambda sends to your function").
 * @param patterns parsed patterns
 * @throws InvalidEventPatternError
 */
export function compileFilterCriteria(patterns: readonly unknown[]): EventPredicate {
  if (patterns.length === 0) return () => true;
  const filters = patterns.map(compilePattern);
  return (record) => filters.some((matches) => matches(record));
}
