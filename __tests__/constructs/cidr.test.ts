import * as fc from "fast-check";
import { formatCidr, parseCidr, partOf } from "../../constructs/network/cidr.ts";

const cidr = fc
  .tuple(fc.nat({ max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => ({ base: address - (address % 2 ** (32 - prefix)), prefix }));

const parse = (text: string) => {
  const block = parseCidr(text);
  if (!block) throw new Error(text);
  return block;
};

test("a block that is written is read as itself", () => {
  fc.assert(fc.property(cidr, (block) => expect(parseCidr(formatCidr(block))).toEqual(block)));
});

test.each([
  "",
  "10.0.0.0",
  "10.0.0/16",
  "10.0.0.0/33",
  "10.0.0.256/32",
  "10.0.0.1/31",
  "10.0.0.0/016",
  "10.0.0.0/8/8",
  "a/8",
  "10.0.0.0./8",
  "10.0.0.0.0/8",
])("%j is no block", (text) => expect(parseCidr(text)).toBeUndefined());

test("parts of a block fill it, in order, without a gap", () => {
  fc.assert(
    fc.property(cidr, fc.integer({ min: 0, max: 4 }), (block, bits) => {
      fc.pre(block.prefix + bits <= 32);
      const parts = [...Array(2 ** bits)].map((_, index) => partOf(block, bits, index));
      const size = 2 ** (32 - block.prefix - bits);
      expect(parts.map(({ base }) => base)).toEqual(parts.map((_, index) => block.base + index * size));
      expect(parts.every(({ prefix }) => prefix === block.prefix + bits)).toBe(true);
    }),
  );
});

test("a part that a block does not have is refused", () => {
  expect(() => partOf(parse("10.0.0.0/16"), 3, 8)).toThrow("10.0.0.0/16 has no part 8 of /19");
  expect(() => partOf(parse("10.0.0.0/31"), 2, 0)).toThrow(RangeError);
});
