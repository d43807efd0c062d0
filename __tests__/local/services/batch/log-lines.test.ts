import * as fc from "fast-check";
import { timestampedLines } from "../../../../local/services/batch/log-lines.ts";

const stamp = "2027-01-15T08:00:00.000Z ";

async function linesOf(chunks: Iterable<Buffer>): Promise<string[]> {
  async function* source() {
    yield* chunks;
  }
  const lines: string[] = [];
  for await (const line of timestampedLines(source(), () => 1_800_000_000_000)) {
    expect(line.toString()).toMatch(/\n$/);
    expect(line.toString().startsWith(stamp)).toBe(true);
    lines.push(line.toString().slice(stamp.length, -1));
  }
  return lines;
}

test("however the output is cut into chunks, the lines are the same", async () => {
  const text = fc.string({ unit: fc.constantFrom("a", "é", "😀", "\n", "\r", " ") });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(80)), async (output, cuts) => {
      const bytes = Buffer.from(output);
      const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
      const expected = output.split("\n");
      if (expected.at(-1) === "") expected.pop();
      expect(await linesOf(chunks)).toEqual(expected);
    }),
  );
});

test("a line of more than 256 KiB is split, and nothing of it is lost", async () => {
  const long = "x".repeat(600 * 1024);
  const lines = await linesOf([Buffer.from(`${long}\nshort\n`)]);
  expect(lines.map((line) => line.length)).toEqual([256 * 1024, 256 * 1024, 88 * 1024, 5]);
  const exact = "y".repeat(256 * 1024);
  expect(await linesOf([Buffer.from(exact), Buffer.from("\nz")])).toEqual([exact, "z"]);
});
