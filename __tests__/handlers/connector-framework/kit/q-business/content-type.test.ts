import { zipSync } from "fflate";
import { contentTypeOf } from "../../../../../handlers/connector-framework/kit/q-business/content-type.ts";

const of = (id: string, contents: string | Uint8Array = "text", mediaType?: string) =>
  contentTypeOf({ id, metadata: {}, mediaType, contents: Buffer.from(contents) });

/** A file of Office, as far as it is looked at. */
const office = (folder: string) =>
  zipSync({ "[Content_Types].xml": Buffer.from("<Types/>"), [`${folder}/main.xml`]: Buffer.from("<main/>") });

test.each([
  ["a.pdf", "PDF"],
  ["a.HTML", "HTML"],
  ["a.htm", "HTML"],
  ["a.xml", "XML"],
  ["a.xsl", "XSLT"],
  ["deep/er/a.md", "MD"],
  ["a.csv", "CSV"],
  ["a.xls", "MS_EXCEL"],
  ["a.json", "JSON"],
  ["a.rtf", "RTF"],
  ["a.ppt", "PPT"],
  ["a.doc", "MS_WORD"],
  ["a.txt", "PLAIN_TEXT"],
])("the ending tells: %s is %s", (id, type) => {
  expect(of(id)).toBe(type);
});

test("the media type counts before the ending, whatever follows it", () => {
  expect(of("page.php", "text", "text/html; charset=utf-8")).toBe("HTML");
  expect(of("a.txt", "text", "Text/CSV")).toBe("CSV");
  expect(of("a.txt", "text", "application/octet-stream")).toBe("PLAIN_TEXT");
});

test("the first bytes count before both", () => {
  expect(of("a.txt", "%PDF-1.7", "text/plain")).toBe("PDF");
  expect(of("a.doc", "{\\rtf1\\ansi")).toBe("RTF");
  expect(of("a.bin", office("word"))).toBe("MS_WORD");
  expect(of("a.bin", office("xl"))).toBe("MS_EXCEL");
  expect(of("a.bin", office("ppt"), "application/zip")).toBe("PPT");
});

test.each([
  ["an unknown ending", "a.exe", "text"],
  ["no ending", "README", "text"],
  ["a zip that is none of Office's", "a.zip", zipSync({ "word/a.txt": Buffer.from("") })],
  ["a zip that is damaged", "a.zip", Buffer.from("PK\u0003\u0004 and no more")],
])("fails for %s", (_, id, contents) => {
  expect(() => of(id, contents)).toThrow("its format is none that Amazon Q Business reads");
});
