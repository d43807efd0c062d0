import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { publishedApis } from "../../clients/generator/published-apis.ts";
import { project, temporaryDirectory } from "../helpers/stage-process.ts";

const validator = join(project, "node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js");

/** What the validator says of a document. It is an ES module, so it runs as the program it also is. */
async function verdict(document: object): Promise<unknown> {
  const directory = temporaryDirectory();
  try {
    const file = join(directory.path, "openapi.json");
    writeFileSync(file, JSON.stringify(document));
    const { stdout } = await promisify(execFile)(join(project, "node_modules/.bin/node"), [validator, file]).catch(
      (error: { readonly stdout: string }) => error,
    );
    return JSON.parse(stdout);
  } finally {
    directory.remove();
  }
}

describe.each(publishedApis)("the OpenAPI document of $api.name", ({ api, document, operations }) => {
  test("is a valid one", async () => {
    expect(await verdict(document)).toEqual({ valid: true });
  });

  test("would be told if it were not", async () => {
    expect(await verdict({ ...document, paths: { nowhere: {} } })).toMatchObject({ valid: false });
    expect(await verdict({ ...document, info: {} })).toMatchObject({ valid: false });
  });

  test("has an example of everything that is sent and answered, each one that the service takes and gives", () => {
    for (const { operation, example } of operations) {
      for (const part of [operation.parameters, operation.query, operation.body]) {
        const members = Object.entries(example.input).filter(([name]) => part && name in part.shape);
        // Query parameters are text on the wire.
        const sent = part === operation.query ? members.map(([name, value]) => [name, String(value)]) : members;
        expect(part?.safeParse(Object.fromEntries(sent)).error).toBeUndefined();
      }
      expect(operation.success.body?.safeParse(example.answer).error).toBeUndefined();
    }
    const text = JSON.stringify(document);
    expect(text.match(/"example":\{/g)).toHaveLength(
      operations.filter(({ operation }) => operation.body).length + operations.filter(({ answer }) => answer).length,
    );
  });

  test("has no operation twice", () => {
    const ids = JSON.stringify(document).match(/"operationId":"\w+"/g) ?? [];
    expect(new Set(ids).size).toBe(Object.keys(api.operations).length);
    expect(ids).toHaveLength(Object.keys(api.operations).length);
  });
});
