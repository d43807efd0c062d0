import fc from "fast-check";
import { referencesIn, resolve } from "../../../local/terraform/expressions.ts";

const attributes = new Map([
  ["aws_dynamodb_table.Jobs_1A", { name: "jobs", arn: "arn:jobs", ttl: [{ enabled: true }] }],
  ["aws_sqs_queue.Letters", { url: "http://127.0.0.1/letters", delay_seconds: 5 }],
]);

describe("resolve", () => {
  test("a string that is one reference becomes the attribute, whatever its type", () => {
    expect(resolve("${aws_sqs_queue.Letters.delay_seconds}", attributes)).toBe(5);
    expect(resolve("${aws_dynamodb_table.Jobs_1A.ttl}", attributes)).toEqual([{ enabled: true }]);
  });

  test("a reference inside text becomes text", () => {
    expect(resolve("${aws_dynamodb_table.Jobs_1A.arn}/index/${aws_sqs_queue.Letters.delay_seconds}", attributes)).toBe(
      "arn:jobs/index/5",
    );
  });

  test("indexes and members are followed", () => {
    expect(resolve("${aws_dynamodb_table.Jobs_1A.ttl[0].enabled}", attributes)).toBe(true);
  });

  test("values inside lists and objects are resolved, and everything else stays as it is", () => {
    const value = { list: ["${aws_dynamodb_table.Jobs_1A.name}", 7, null, true], text: "$context.requestId" };
    expect(resolve(value, attributes)).toEqual({ list: ["jobs", 7, null, true], text: "$context.requestId" });
  });

  test("escaped templates become the text they stand for, and are no references", () => {
    const text = "$${aws:PrincipalTag/team} %%{if} ${aws_dynamodb_table.Jobs_1A.name} $${aws_x.Y.id}";
    expect(resolve(text, attributes)).toBe("${aws:PrincipalTag/team} %{if} jobs ${aws_x.Y.id}");
    expect(referencesIn(text)).toEqual(["aws_dynamodb_table.Jobs_1A"]);
  });

  test("property: text without an expression comes back unchanged", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!/[$%]\{/.test(JSON.stringify(value)));
        expect(resolve(value, attributes)).toEqual(value);
      }),
    );
  });

  test.each([
    ["${aws_sqs_queue.Nowhere.url}", "refers to aws_sqs_queue.Nowhere, which the stack does not have"],
    ["${aws_sqs_queue.Letters.fifo}", "knows no such attribute of aws_sqs_queue.Letters"],
    ['${jsonencode("a")}', "is not a plain reference"],
    ["${1 + 1}", "is not a plain reference"],
    ["%{ if true }a%{ endif }", "holds a template directive"],
    ["a ${aws_dynamodb_table.Jobs_1A.ttl} b", "is no text, but stands inside one"],
  ])("fails when it meets %s", (text, message) => {
    expect(() => resolve(text, attributes)).toThrow(message);
  });
});

describe("referencesIn", () => {
  test("finds every address once, however deep", () => {
    const value = { a: ["${aws_x.A.id} ${aws_x.A.arn}", { b: "${aws_y.B.list[0].id}" }] };
    expect(referencesIn(value)).toEqual(["aws_x.A", "aws_y.B"]);
  });
});
