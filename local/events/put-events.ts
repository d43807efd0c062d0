import * as z from "zod";
import { validationException } from "../services/json/json-error.ts";
import { parseInput } from "../services/json/parse-input.ts";
import { type EventEntry, InvalidEntryError } from "./event.ts";
import type { EventBus } from "./event-bus.ts";

/** AWS: "API_PutEvents": ten entries, 256 KB in all. */
const maximumEntries = 10;
const maximumBytes = 262_144;

const entrySchema = z.object({
  Source: z.string().default(""),
  DetailType: z.string().default(""),
  Detail: z.string().default(""),
  Resources: z.array(z.string()).default([]),
  /** Epoch seconds, as AWS JSON carries timestamps. */
  Time: z.number().exactOptional(),
  EventBusName: z.string().default("default"),
  TraceHeader: z.string().exactOptional(),
});
const requestSchema = z.object({ Entries: z.array(entrySchema).min(1).max(maximumEntries) });
type WireEntry = z.infer<typeof entrySchema>;

interface EntryResult {
  readonly EventId?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

/**
 * The PutEvents operation: publishes each entry to its bus, and says of each whether it was taken.
 * @throws JsonError `ValidationException` for a request that is refused as a whole
 */
export async function putEvents(
  buses: ReadonlyMap<string, EventBus>,
  request: unknown,
): Promise<{ readonly FailedEntryCount: number; readonly Entries: readonly EntryResult[] }> {
  const { Entries: wire } = parseInput(requestSchema, request);
  if (wire.reduce((sum, entry) => sum + entryBytes(entry), 0) > maximumBytes)
    throw validationException("Total size of the entries in the request is over the limit.");
  const Entries = await Promise.all(wire.map((entry) => putEvent(buses, entry)));
  return { FailedEntryCount: Entries.filter((entry) => entry.ErrorCode !== undefined).length, Entries };
}

/** The buses that a request writes to, or everything when it does not say. */
export function busArns(request: unknown, buses: ReadonlyMap<string, EventBus>): readonly string[] {
  const named = requestSchema.safeParse(request).data?.Entries.map(({ EventBusName }) => EventBusName) ?? [];
  const arns = named.map((name) => buses.get(name)?.arn ?? name);
  return arns.length > 0 ? [...new Set(arns)] : ["*"];
}

async function putEvent(buses: ReadonlyMap<string, EventBus>, wire: WireEntry): Promise<EntryResult> {
  const bus = buses.get(wire.EventBusName.replace(/^arn:.*:event-bus\//, ""));
  // AWS takes an event for a bus that does not exist and loses it; here the mistake is shown.
  if (!bus)
    return { ErrorCode: "ResourceNotFoundException", ErrorMessage: `Event bus ${wire.EventBusName} does not exist.` };
  try {
    return { EventId: await bus.publish(toEntry(wire)) };
  } catch (error) {
    if (error instanceof InvalidEntryError) return { ErrorCode: error.code, ErrorMessage: error.message };
    return { ErrorCode: "InternalFailure", ErrorMessage: error instanceof Error ? error.message : String(error) };
  }
}

function toEntry(wire: WireEntry): EventEntry {
  if (wire.Source.startsWith("aws."))
    throw new InvalidEntryError("NotAuthorizedForSource", "Not authorized for the source.");
  return {
    source: wire.Source,
    detailType: wire.DetailType,
    detail: parseDetail(wire.Detail),
    resources: wire.Resources,
    ...(wire.Time === undefined ? {} : { time: new Date(wire.Time * 1000) }),
  };
}

function parseDetail(text: string): Record<string, unknown> {
  if (text === "")
    throw new InvalidEntryError(
      "InvalidArgument",
      "Parameter Detail is not valid. Reason: Detail is a required argument.",
    );
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError)
      throw new InvalidEntryError("MalformedDetail", "Detail is malformed.");
    throw error;
  }
}

/** AWS: "Calculating Amazon EventBridge PutEvents event entry size". */
function entryBytes(entry: WireEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...entry.Resources];
  return (entry.Time === undefined ? 0 : 14) + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
