/** What a call comes to, or undefined when it fails with that error. Every other error is thrown on. */
export async function unless<T>(
  expected: abstract new (...args: never[]) => Error,
  call: Promise<T>,
): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof expected) return undefined;
    throw error;
  }
}
