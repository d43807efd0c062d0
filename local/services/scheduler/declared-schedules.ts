import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteScheduleCommand, ResourceNotFoundException, type SchedulerClient } from "@aws-sdk/client-scheduler";
import * as z from "zod";
import { writeDurably } from "../../functions/durable-file.ts";
import { unless } from "../../resources/unless.ts";

const place = z.strictObject({ GroupName: z.string(), Name: z.string() });
const file = z.array(place);

/** A schedule by its group and name. */
export type Place = Readonly<z.output<typeof place>>;

/**
 * Knows which schedules the stacks have, apart from those that functions make. Any other resource that a stack does not
 * have any more lies there unused; a schedule would go on.
 *
 * @throws Error naming the file when it is not what was written
 */
export function createDeclaredSchedules(client: SchedulerClient, directory: string) {
  const path = join(directory, "declared.json");
  const before = readFile(path);
  const now: Place[] = [];
  return {
    note(one: Place): void {
      now.push(one);
    },
    /** Deletes those that the stacks had at an earlier start and have no more. */
    async removeOthers(): Promise<void> {
      const gone = before.filter(
        (one) => !now.some(({ GroupName, Name }) => GroupName === one.GroupName && Name === one.Name),
      );
      for (const one of gone) await unless(ResourceNotFoundException, client.send(new DeleteScheduleCommand(one)));
      await writeDurably(path, JSON.stringify(now));
    },
  };
}

function readFile(path: string): readonly Place[] {
  if (!existsSync(path)) return [];
  try {
    return file.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw new Error(`The data in ${path} is corrupt. Repair or remove the file; nothing was changed.`, {
      cause: error,
    });
  }
}
