/** Requests a second in the long run, and how many may come at once. AWS: "Throttle requests to your REST APIs". */
export interface ThrottleSettings {
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/**
 * A token bucket: it holds `burstLimit` tokens and refills at `rateLimit` tokens a second.
 * The returned function takes one token, or answers false when there is none.
 * @param now milliseconds on any clock that does not go backwards
 */
export function createThrottle({ rateLimit, burstLimit }: ThrottleSettings, now: () => number): () => boolean {
  let tokens = burstLimit;
  let filledAt = now();
  return () => {
    const time = now();
    tokens = Math.min(burstLimit, tokens + (Math.max(0, time - filledAt) / 1000) * rateLimit);
    filledAt = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
