/** What decides where more than one thing may happen. */
export interface Chance {
  /** A whole number from 0 to one less than `count`. */
  below(count: number): number;
}

/**
 * Chance that can be repeated: the same seed draws the same numbers. After so many draws it is always 0, which whoever
 * asks takes for the quiet way: a failing history with fewer draws is a simpler one.
 */
export function chance(seed: number, draws: number): Chance {
  let state = seed >>> 0;
  let left = draws;
  return {
    below(count) {
      if (left <= 0 || count <= 1) return 0;
      left--;
      // mulberry32: small, and even enough for choices.
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
    },
  };
}
