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

/**
 * A bucket for each method of a stage: settings made for all methods at once hold for every one of them on its own.
 * AWS: "Throttle requests to your REST APIs", per-method limits.
 * @returns takes one token of a method's bucket, or answers false when there is none
 */
export function createMethodThrottle(settings: ThrottleSettings, now: () => number): (method: object) => boolean {
  const buckets = new Map<object, () => boolean>();
  return (method) => {
    const take = buckets.get(method) ?? createThrottle(settings, now);
    buckets.set(method, take);
    return take();
  };
}
