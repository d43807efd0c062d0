import { type History, startHistory } from "./history.ts";

const quiet: History = {
  calls: [],
  seed: 0,
  draws: 0,
  faults: 0,
  repetitions: 0,
  losses: 0,
  reconciled: false,
  lag: "none",
};

/** Takes over time, and has what the SDK reads in real time read before. Jest gives time back at the end of a file. */
export async function prepareHistories(): Promise<void> {
  Object.assign(process.env, {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "queueMicrotask"] });
  await live(quiet).catch(() => undefined);
}

/**
 * Lives through a history, the same way each time; what it does not say is quiet.
 *
 * @throws Error with all that happened, when a promise was broken or something never came to rest
 */
export async function live(history: Partial<History>): Promise<void> {
  jest.clearAllTimers();
  // In the future, so that nothing is old enough for DynamoDB to forget it.
  jest.setSystemTime(Date.UTC(2100, 0));
  const random = jest.spyOn(Math, "random").mockReturnValue(0.5);
  try {
    await startHistory({ ...quiet, ...history }).live();
  } finally {
    random.mockRestore();
  }
}
