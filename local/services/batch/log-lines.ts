/** Longest line kept whole, in bytes; awslogs split longer events there for years (CloudWatch Logs quotas: event size). */
const longestLine = 256 * 1024;
const newline = 0x0a;

/**
 * The lines of an output, each behind the time it arrived: `2026-01-31T12:00:00.000Z text`. An unfinished last line is
 * a line; a line longer than 256 KiB becomes several.
 */
export async function* timestampedLines(source: AsyncIterable<Buffer>, now: () => number): AsyncGenerator<Buffer> {
  const stamped = (line: Buffer) =>
    Buffer.concat([Buffer.from(`${new Date(now()).toISOString()} `), line, Buffer.of(newline)]);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = lineEnd(rest); end !== undefined; end = lineEnd(rest)) {
      yield stamped(rest.subarray(0, end));
      rest = rest.subarray(rest[end] === newline ? end + 1 : end);
    }
  }
  if (rest.length > 0) yield stamped(rest);
}

function lineEnd(bytes: Buffer): number | undefined {
  const end = bytes.indexOf(newline);
  if (end !== -1 && end <= longestLine) return end;
  return bytes.length > longestLine ? longestLine : undefined;
}
