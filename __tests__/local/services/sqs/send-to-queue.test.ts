import fc from "fast-check";
import { inAscii } from "../../../../local/services/sqs/send-to-queue.ts";

test("property: JSON in ASCII is the same JSON, and nothing in it is beyond ASCII", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      const text = inAscii(JSON.stringify(value));
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(text).toMatch(/^[\x20-\x7e]*$/);
    }),
  );
});

test("an emoji is written as its two halves", () => {
  expect(inAscii('"🙂"')).toBe('"\\ud83d\\ude42"');
});
