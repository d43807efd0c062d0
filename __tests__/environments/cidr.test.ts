import * as fc from "fast-check";
import { formatCidr, parseCidr, partOf } from "../../constructs/network/cidr.ts";
import { isPrivateNetwork } from "../../environments/cidr.ts";

test.each([
  ["10.255.0.0/16", true],
  ["10.0.0.0/15", false],
  ["10.0.0.0/24", true],
  ["10.0.0.0/25", false],
  ["172.16.0.0/16", true],
  ["172.31.254.0/23", true],
  ["172.32.0.0/16", false],
  ["192.168.1.0/24", true],
  ["192.169.0.0/16", false],
  ["8.8.8.0/24", false],
  ["10.0.1.0/23", false],
  ["10.0.0.1/24", false],
  ["10.0.0.0/016", false],
  ["10.0.0.0", false],
  ["10.0.0/16", false],
  ["10.0.0.256/24", false],
  ["fd00::/16", false],
  ["", false],
])("%s is a network a stage may have: %s", (text, answer) => expect(isPrivateNetwork(text)).toBe(answer));

test("what a stage may have, a network can be made of: it is read, and has the eight parts that subnets need", () => {
  const block = fc
    .tuple(fc.constantFrom(10 * 2 ** 24, 172 * 2 ** 24 + 2 ** 20, 192 * 2 ** 24 + 168 * 2 ** 16), fc.nat(2 ** 20 - 1))
    .chain(([range, offset]) =>
      fc.integer({ min: 8, max: 28 }).map((prefix) => {
        const address = range + offset;
        return { base: address - (address % 2 ** (32 - prefix)), prefix };
      }),
    );
  fc.assert(
    fc.property(fc.oneof(block.map(formatCidr), fc.string()), (text) => {
      if (!isPrivateNetwork(text)) return;
      const parsed = parseCidr(text);
      expect(parsed && formatCidr(parsed)).toBe(text);
      expect(parsed && partOf(parsed, 3, 7).prefix).toBeLessThanOrEqual(27);
    }),
  );
});
