import { extname } from "node:path";
import type { ContentType } from "@aws-sdk/client-qbusiness";
import { unzipSync } from "fflate";
import type { ChangedDocument } from "../sink.ts";

/**
 * What Amazon Q Business is to read a document as (Amazon Q Business: Supported document formats): by its first bytes
 * where they tell, else by its media type, else by the ending of its id.
 *
 * @throws Error when it is none of the formats
 */
export function contentTypeOf({ id, mediaType, contents }: ChangedDocument): ContentType {
  const [type = ""] = (mediaType ?? "").split(";");
  const found =
    bySignature(contents) ??
    byMediaType.get(type.trim().toLowerCase()) ??
    byEnding.get(extname(id).slice(1).toLowerCase());
  if (!found) throw new Error("its format is none that Amazon Q Business reads");
  return found;
}

const officeXml = "application/vnd.openxmlformats-officedocument";

const byMediaType = new Map<string, ContentType>([
  ["application/pdf", "PDF"],
  ["text/html", "HTML"],
  ["application/xhtml+xml", "HTML"],
  ["application/xml", "XML"],
  ["text/xml", "XML"],
  ["application/xslt+xml", "XSLT"],
  ["text/markdown", "MD"],
  ["text/csv", "CSV"],
  ["application/vnd.ms-excel", "MS_EXCEL"],
  [`${officeXml}.spreadsheetml.sheet`, "MS_EXCEL"],
  ["application/json", "JSON"],
  ["application/rtf", "RTF"],
  ["text/rtf", "RTF"],
  ["application/vnd.ms-powerpoint", "PPT"],
  [`${officeXml}.presentationml.presentation`, "PPT"],
  ["application/msword", "MS_WORD"],
  [`${officeXml}.wordprocessingml.document`, "MS_WORD"],
  ["text/plain", "PLAIN_TEXT"],
]);

const byEnding = new Map<string, ContentType>([
  ["pdf", "PDF"],
  ["html", "HTML"],
  ["htm", "HTML"],
  ["xhtml", "HTML"],
  ["xml", "XML"],
  ["xsl", "XSLT"],
  ["xslt", "XSLT"],
  ["md", "MD"],
  ["markdown", "MD"],
  ["csv", "CSV"],
  ["xls", "MS_EXCEL"],
  ["xlsx", "MS_EXCEL"],
  ["json", "JSON"],
  ["rtf", "RTF"],
  ["ppt", "PPT"],
  ["pptx", "PPT"],
  ["doc", "MS_WORD"],
  ["docx", "MS_WORD"],
  ["txt", "PLAIN_TEXT"],
  ["text", "PLAIN_TEXT"],
  ["log", "PLAIN_TEXT"],
]);

/** Formats that say themselves what they are. Text does not: XML begins as HTML may, and Markdown as anything. */
function bySignature(contents: Uint8Array): ContentType | undefined {
  const start = Buffer.from(contents.subarray(0, 8)).toString("latin1");
  if (start.startsWith("%PDF-")) return "PDF";
  if (start.startsWith("{\\rtf")) return "RTF";
  if (start.startsWith("PK\u0003\u0004")) return officeFormatOf(contents);
  return undefined;
}

/** Which of Office's formats a zip is, by the folder that its main part lies in. */
function officeFormatOf(contents: Uint8Array): ContentType | undefined {
  const names = namesIn(contents);
  const has = (folder: string) => names.some((name) => name.startsWith(`${folder}/`));
  if (!names.includes("[Content_Types].xml")) return undefined;
  return has("word") ? "MS_WORD" : has("xl") ? "MS_EXCEL" : has("ppt") ? "PPT" : undefined;
}

/** Names of the files in a zip, of which none is unpacked; none when it is damaged. */
function namesIn(zip: Uint8Array): string[] {
  const names: string[] = [];
  try {
    unzipSync(zip, {
      filter({ name }) {
        names.push(name);
        return false;
      },
    });
  } catch {
    return [];
  }
  return names;
}
