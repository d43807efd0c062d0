import { BlockList } from "node:net";
import * as z from "zod";

/** Ranges no address of the internet is in (RFC 1918). */
const privateRanges = new BlockList();
privateRanges.addSubnet("10.0.0.0", 8);
privateRanges.addSubnet("172.16.0.0", 12);
privateRanges.addSubnet("192.168.0.0", 16);

/**
 * Whether a text is a block a network may have: private, IPv4, /16 to /24, written from its first address. With such
 * a prefix the first two numbers are free, the third is free as far as the prefix reaches, and the last is 0.
 */
export function isPrivateNetwork(text: string): boolean {
  if (!z.cidrv4().safeParse(text).success) return false;
  const [address = "", prefix] = text.split("/");
  const [, , third, last] = address.split(".").map(Number);
  const bits = Number(prefix);
  return (
    bits >= 16 &&
    bits <= 24 &&
    last === 0 &&
    third !== undefined &&
    third % 2 ** (24 - bits) === 0 &&
    privateRanges.check(address)
  );
}
