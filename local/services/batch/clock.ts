/** Time as the Batch server reads it and waits for it; tests put a hand-driven one in its place. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` once after `milliseconds`; the returned function calls it off. */
  after(milliseconds: number, callback: () => void): () => void;
}

// Node fires a longer timer at once.
const longestTimer = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  after(milliseconds, callback) {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      const next = Math.min(left, longestTimer);
      timer = setTimeout(() => (left > next ? wait(left - next) : callback()), next);
    };
    wait(milliseconds);
    return () => clearTimeout(timer);
  },
};
