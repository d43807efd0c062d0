import type {
  AccessConfiguration,
  Document,
  DocumentAttribute,
  DocumentAttributeValue,
} from "@aws-sdk/client-qbusiness";
import type { Attribute, Metadata } from "../document.ts";
import type { ChangedDocument } from "../sink.ts";
import { contentTypeOf } from "./content-type.ts";

/** Which data source a document belongs to, and which of its syncs brings it. */
export interface Sync {
  readonly dataSourceId: string;
  readonly executionId: string;
}

/**
 * A document as Amazon Q Business takes it, but for its content.
 *
 * @throws Error when its format is none that Amazon Q Business reads, or a time in its metadata is none
 */
export function describe(changed: ChangedDocument, sync: Sync): Document {
  const { id, metadata } = changed;
  const { title, access_control_list: controls } = metadata;
  return {
    id,
    contentType: contentTypeOf(changed),
    attributes: attributesOf(metadata, sync),
    ...(title && { title }),
    ...(controls && { accessConfiguration: accessOf(controls) }),
  };
}

/** The first two are required of every document of a custom data source (Amazon Q Business: Required attributes). */
function attributesOf(metadata: Metadata, { dataSourceId, executionId }: Sync): DocumentAttribute[] {
  const { source_uri, created_at, last_updated_at, attributes } = metadata;
  return [
    attribute("_data_source_id", dataSourceId),
    attribute("_data_source_sync_job_execution_id", executionId),
    ...(source_uri ? [attribute("_source_uri", source_uri)] : []),
    ...(created_at ? [attribute("_created_at", { date: created_at })] : []),
    ...(last_updated_at ? [attribute("_last_updated_at", { date: last_updated_at })] : []),
    ...Object.entries(attributes ?? {}).map(([name, value]) => attribute(name, value)),
  ];
}

const attribute = (name: string, value: Attribute): DocumentAttribute => ({ name, value: attributeValue(value) });

function attributeValue(value: Attribute): DocumentAttributeValue {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "number") return { longValue: value };
  if ("date" in value) return { dateValue: dateOf(value.date) };
  return { stringListValue: [...value] };
}

/** The SDK would write what is no time as NaN. */
function dateOf(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new Error("its metadata has a time that is none");
  return date;
}

/** A person must be let in by every control there is. */
const accessOf = (controls: NonNullable<Metadata["access_control_list"]>): AccessConfiguration => ({
  accessControls: controls.map(({ principals, ...rest }) => ({ ...rest, principals: [...principals] })),
  memberRelation: "AND",
});
