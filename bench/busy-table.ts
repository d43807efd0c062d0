import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";

const batch = z.object({ input: z.object({ RequestItems: z.record(z.string(), z.array(z.unknown())) }) });

/**
 * Has DynamoDB leave out items of a batch, as it does when a table is busy.
 *
 * @param taken how many of a batch are taken, asked for each
 */
export function leaveOut(client: DynamoDBDocumentClient, taken: (items: number) => number): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== "BatchWriteItemCommand") return next(args);
        const { RequestItems } = batch.parse(args).input;
        const entries = Object.entries(RequestItems).map(([table, items]) => {
          const count = taken(items.length);
          return { table, now: items.slice(0, count), later: items.slice(count) };
        });
        const now = entries.filter((entry) => entry.now.length > 0);
        const later = entries.filter((entry) => entry.later.length > 0);
        const UnprocessedItems = Object.fromEntries(later.map(({ table, later }) => [table, later]));
        Object.assign(args.input, { RequestItems: Object.fromEntries(now.map(({ table, now }) => [table, now])) });
        const result = await next(args);
        Object.assign(result.output, { UnprocessedItems });
        return result;
      },
    { step: "initialize", name: "busy table" },
  );
}
