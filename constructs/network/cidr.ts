const dottedQuad = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** An IPv4 block: its first address as an unsigned number, and how many leading bits it fixes. */
export interface Cidr {
  readonly base: number;
  readonly prefix: number;
}

const sizeOf = (prefix: number) => 2 ** (32 - prefix);

/** Reads `10.0.0.0/16`; undefined when it is no IPv4 block, or when bits after its prefix are set. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = "", prefixText = "", ...rest] = text.split("/");
  if (rest.length > 0 || !dottedQuad.test(address) || !/^(\d|[12]\d|3[012])$/.test(prefixText)) return undefined;
  const base = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const prefix = Number(prefixText);
  return base % sizeOf(prefix) === 0 ? { base, prefix } : undefined;
}

export const formatCidr = ({ base, prefix }: Cidr): string =>
  `${[24, 16, 8, 0].map((bits) => Math.floor(base / 2 ** bits) % 256).join(".")}/${prefix}`;

/**
 * The `index`-th of the equal parts a block splits into when `bits` more are fixed.
 *
 * @throws RangeError when the block has no such part
 */
export function partOf(block: Cidr, bits: number, index: number): Cidr {
  const prefix = block.prefix + bits;
  if (prefix > 32 || index < 0 || index >= 2 ** bits)
    throw new RangeError(`${formatCidr(block)} has no part ${index} of /${prefix}`);
  return { base: block.base + index * sizeOf(prefix), prefix };
}
