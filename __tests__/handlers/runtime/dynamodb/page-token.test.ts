import fc from "fast-check";
import * as z from "zod";
import { documentId } from "../../../../handlers/connector-framework/contract/schemas.ts";
import { nextToken } from "../../../../handlers/runtime/api/paging.ts";
import { pageTokens } from "../../../../handlers/runtime/dynamodb/page-token.ts";
import { RequestError } from "../../../../handlers/runtime/errors.ts";

const arn = "arn:aws:ccf:us-gov-west-1:123456789012:custom-connector/cc-0123456789ab";
const position = z.strictObject({ connector_arn: z.literal(arn), document_id: documentId });
const anyDocumentId = fc
  .oneof(fc.string({ maxLength: 512 }), fc.string({ unit: "binary", maxLength: 512 }))
  .filter((id) => documentId.safeParse(id).success);

const tokens = pageTokens(async () => new Uint8Array(32).fill(7));

async function refused(token: string): Promise<boolean> {
  try {
    await tokens.read(position, token);
  } catch (error) {
    return error instanceof RequestError && error.code === "BadRequest" && error.message.startsWith("next_token: ");
  }
  return false;
}

test("any document's id comes back out of its token, and the token is one the API takes", async () => {
  await fc.assert(
    fc.asyncProperty(anyDocumentId, async (document_id) => {
      const key = { connector_arn: arn, document_id };
      const token = nextToken.parse(await tokens.write(key));
      expect(await tokens.read(position, token)).toEqual(key);
    }),
  );
});

test("without a token a list begins at its beginning", async () => {
  expect(await tokens.read(position, undefined)).toBeUndefined();
});

test("a token of another connector is refused", async () => {
  const other = fc.string().filter((text) => text !== arn);
  await fc.assert(
    fc.asyncProperty(other, async (connector_arn) => refused(await tokens.write({ connector_arn, document_id: "d" }))),
  );
});

test("text that is no token is refused, and never anything worse", async () => {
  await fc.assert(fc.asyncProperty(fc.string({ minLength: 1 }), refused));
  await fc.assert(fc.asyncProperty(fc.json(), (json) => refused(Buffer.from(json).toString("base64url"))));
});

test("a token with one character changed is refused, wherever it is", async () => {
  const token = await tokens.write({ connector_arn: arn, document_id: "document-1" });
  const change = fc
    .tuple(fc.nat(token.length - 1), fc.stringMatching(/^[A-Za-z0-9_=+/-]$/))
    .filter(([at, character]) => token[at] !== character);
  await fc.assert(
    fc.asyncProperty(change, ([at, character]) => refused(token.slice(0, at) + character + token.slice(at + 1))),
    { numRuns: 1000 },
  );
});

test("a token that another key made is refused, though it holds the right key of the list", async () => {
  const forged = pageTokens(async () => new Uint8Array(32));
  expect(await refused(await forged.write({ connector_arn: arn, document_id: "document-1" }))).toBe(true);
});

test("a token with more in it than a key is refused", async () => {
  expect(await refused(await tokens.write({ connector_arn: arn, document_id: "d", status: "x" }))).toBe(true);
});

test("no key is asked for until a token is made or read, and its failure is no bad request", async () => {
  const broken = pageTokens(async () => {
    throw new Error("no key");
  });
  expect(await broken.read(position, undefined)).toBeUndefined();
  await expect(broken.read(position, await tokens.write({ a: "b" }))).rejects.toThrow("no key");
});
