import fc from "fast-check";
import { findChanges } from "../../../../handlers/connector-framework/sample-connector/changes.ts";
import { checksumOf } from "../../../../handlers/connector-framework/sample-connector/source-folder.ts";

const documents = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.nat(3)), { selector: ([id]) => id })
  .map((pairs) => pairs.map(([documentId, version]) => ({ documentId, file: documentId, checksum: `v${version}` })));

test("property: after a run everything in the source is recorded as it is, and nothing else; a second run has nothing to do", () => {
  fc.assert(
    fc.property(documents, documents, (before, source) => {
      const recorded = new Map(before.map(({ documentId, checksum }) => [documentId, checksum]));
      const { upload, remove, unchanged } = findChanges(source, recorded);
      for (const { documentId, checksum } of upload) recorded.set(documentId, checksum);
      for (const id of remove) recorded.delete(id);

      expect(recorded).toEqual(new Map(source.map(({ documentId, checksum }) => [documentId, checksum])));
      expect(upload.length + unchanged).toBe(source.length);
      expect(findChanges(source, recorded)).toEqual({ upload: [], remove: [], unchanged: source.length });
    }),
  );
});

describe("checksumOf", () => {
  const contents = Buffer.from("text");

  test("is 64 hex digits that depend on id, metadata and contents", () => {
    const checksum = checksumOf("a", { title: "A" }, contents);
    expect(checksum).toMatch(/^[0-9a-f]{64}$/);
    expect(checksumOf("b", { title: "A" }, contents)).not.toBe(checksum);
    expect(checksumOf("a", { title: "B" }, contents)).not.toBe(checksum);
    expect(checksumOf("a", { title: "A" }, Buffer.from("texu"))).not.toBe(checksum);
  });

  test("does not depend on the order of metadata, nor on members that say nothing", () => {
    expect(checksumOf("a", { title: "A", source: "x", author: null }, contents)).toBe(
      checksumOf("a", { source: "x", title: "A" }, contents),
    );
  });
});
