import fc from "fast-check";
import * as z from "zod";
import { documentId } from "../../../../handlers/connector-framework/contract/schemas.ts";
import { nextToken } from "../../../../handlers/runtime/api/paging.ts";
import { readPageToken, writePageToken } from "../../../../handlers/runtime/dynamodb/page-token.ts";
import { RequestError } from "../../../../handlers/runtime/errors.ts";

const arn = "arn:aws:ccf:us-gov-west-1:123456789012:custom-connector/cc-0123456789ab";
const position = z.strictObject({ connector_arn: z.literal(arn), document_id: documentId });
const anyDocumentId = fc
  .oneof(fc.string({ maxLength: 512 }), fc.string({ unit: "binary", maxLength: 512 }))
  .filter((id) => documentId.safeParse(id).success);

test("any document's id comes back out of its token, and the token is one the API takes", () => {
  fc.assert(
    fc.property(anyDocumentId, (document_id) => {
      const key = { connector_arn: arn, document_id };
      const token = nextToken.parse(writePageToken(key));
      expect(readPageToken(position, token)).toEqual(key);
    }),
  );
});

test("without a token a list begins at its beginning", () => {
  expect(readPageToken(position, undefined)).toBeUndefined();
});

const refused = (token: string) => {
  try {
    readPageToken(position, token);
  } catch (error) {
    return error instanceof RequestError && error.code === "BadRequest" && error.message.startsWith("next_token: ");
  }
  return false;
};

test("a token of another connector is refused", () => {
  const other = fc.string().filter((text) => text !== arn);
  fc.assert(fc.property(other, (connector_arn) => refused(writePageToken({ connector_arn, document_id: "d" }))));
});

test("text that is no token is refused, and never anything worse", () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), (text) => refused(text)));
  fc.assert(fc.property(fc.json(), (json) => refused(Buffer.from(json).toString("base64url"))));
});

test("a token with one character changed is refused, or only moves about in the caller's own list", () => {
  const token = writePageToken({ connector_arn: arn, document_id: "document-1" });
  const change = fc.tuple(fc.nat(token.length - 1), fc.stringMatching(/^[A-Za-z0-9_=+/-]$/));
  fc.assert(
    fc.property(change, ([at, character]) => {
      const tampered = token.slice(0, at) + character + token.slice(at + 1);
      return refused(tampered) || readPageToken(position, tampered)?.connector_arn === arn;
    }),
    { numRuns: 1000 },
  );
});

test("a token with more in it than a key is refused", () => {
  expect(refused(writePageToken({ connector_arn: arn, document_id: "d", status: "x" }))).toBe(true);
});
