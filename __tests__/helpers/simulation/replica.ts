interface Version<Row> {
  readonly visibleAt: number;
  readonly row: Row | undefined;
}

/** Rows that follow others with a delay: each takes over its changes in their order, but at a time of its own. */
export interface Replica<Row> {
  write(key: string, row: Row | undefined): void;
  /** What is seen of a row now. */
  get(key: string): Row | undefined;
  /** What is seen of all rows now. */
  rows(): Row[];
}

/** @param lag milliseconds until the next change is seen, asked for each */
export function replica<Row>(now: () => number, lag: () => number): Replica<Row> {
  const histories = new Map<string, Version<Row>[]>();

  function visible(key: string): Row | undefined {
    const versions = histories.get(key) ?? [];
    while (versions[1] && versions[1].visibleAt <= now()) versions.shift();
    const [present] = versions;
    if (!present || present.visibleAt > now()) return undefined;
    if (present.row === undefined && versions.length === 1) histories.delete(key);
    return present.row;
  }

  return {
    get: visible,
    write(key, row) {
      const versions = histories.get(key) ?? [];
      const earliest = versions.at(-1)?.visibleAt ?? 0;
      versions.push({ visibleAt: Math.max(earliest, now() + lag()), row });
      histories.set(key, versions);
    },
    rows: () => [...histories.keys()].map(visible).filter((row) => row !== undefined),
  };
}
