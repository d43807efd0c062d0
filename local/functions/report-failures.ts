import type { LocalFunction } from "./local-function.ts";

/** A function that tells of each failed event in one line, for people who do not look into its log by themselves. */
export function reportFailures(
  subject: LocalFunction,
  { log, logFile }: { readonly log: (line: string) => void; readonly logFile: string | undefined },
): LocalFunction {
  return {
    ...subject,
    async invoke(event) {
      const result = await subject.invoke(event);
      if (!result.ok) {
        const [reason = ""] = result.error.errorMessage.split("\n");
        const place = logFile === undefined ? "" : ` (${logFile})`;
        log(`${subject.name} failed: ${result.error.errorType}: ${reason}${place}`);
      }
      return result;
    },
  };
}
