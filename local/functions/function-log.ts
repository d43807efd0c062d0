import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Where a function's log lines go: its log file, a listener, both or neither. */
export interface FunctionLog {
  write(line: string): void;
  /** Resolves when every line is in the file. */
  close(): Promise<void>;
}

/**
 * Opens the log of one function. A file that cannot be written is reported on stderr: the function goes on.
 * @param file appended to; its folder is made. @default none
 * @param echo receives every line too. @default none
 */
export function openFunctionLog(file?: string, echo?: (line: string) => void): FunctionLog {
  if (file !== undefined) mkdirSync(dirname(file), { recursive: true });
  const stream = file === undefined ? undefined : createWriteStream(file, { flags: "a" });
  stream?.on("error", (error) => process.stderr.write(`${file}: ${error.message}\n`));
  return {
    write(line) {
      stream?.write(`${line}\n`);
      echo?.(line);
    },
    async close() {
      if (!stream || stream.destroyed) return;
      stream.end();
      if (!stream.closed) await once(stream, "close");
    },
  };
}
