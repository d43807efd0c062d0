/** An event as rules see it and targets get it (AWS: "AWS service events and custom events", event structure). */
export interface EventBridgeEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601 in seconds, UTC. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What a publisher says about an event; the bus adds the rest. */
export interface EventEntry {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** @default none */
  readonly resources?: readonly string[];
  /** @default now */
  readonly time?: Date;
}

/** An entry that EventBridge refuses: `code` is the ErrorCode of the PutEvents result. */
export class InvalidEntryError extends Error {
  readonly code: "InvalidArgument" | "MalformedDetail" | "NotAuthorizedForSource";

  constructor(code: InvalidEntryError["code"], message: string) {
    super(message);
    this.name = "InvalidEntryError";
    this.code = code;
  }
}

/** @throws InvalidEntryError with EventBridge's words */
export function checkEntry({ source, detailType, detail, time }: EventEntry): void {
  const invalid = (name: string, reason: string) =>
    new InvalidEntryError("InvalidArgument", `Parameter ${name} is not valid. Reason: ${reason}`);
  if (source === "") throw invalid("Source", "Source is a required argument.");
  if (detailType === "") throw invalid("DetailType", "DetailType is a required argument.");
  if (Buffer.byteLength(detailType) > 128) throw invalid("DetailType", "DetailType is longer than 128 bytes.");
  if (time && Number.isNaN(time.getTime())) throw invalid("Time", "Time is not a timestamp.");
  if (typeof detail !== "object" || detail === null || Array.isArray(detail))
    throw new InvalidEntryError("MalformedDetail", "Detail is malformed.");
}

/** An entry in its envelope. */
export function envelope(
  entry: EventEntry,
  context: { readonly id: string; readonly account: string; readonly region: string; readonly now: number },
): EventBridgeEvent {
  return {
    version: "0",
    id: context.id,
    "detail-type": entry.detailType,
    source: entry.source,
    account: context.account,
    time: (entry.time ?? new Date(context.now)).toISOString().replace(/\.\d{3}Z$/, "Z"),
    region: context.region,
    resources: entry.resources ?? [],
    detail: entry.detail,
  };
}
