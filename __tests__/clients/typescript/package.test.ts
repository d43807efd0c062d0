import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import packageJson from "../../../package.json" with { type: "json" };
import { project, temporaryDirectory } from "../../helpers/stage-process.ts";

const run = promisify(execFile);
const node = join(project, "node_modules/.bin/node");
const client = join(project, "clients/connector-framework/typescript");
const name = "@armature/connector-framework-client";

const description = z.object({ name: z.string(), dependencies: z.record(z.string(), z.string()) });
const { dependencies, ...rest } = description.parse(JSON.parse(readFileSync(join(client, "package.json"), "utf8")));

/** A program as its user writes it. */
const program = `
import { ApiError, createConnectorFrameworkClient, type Document, items, paginate } from "${name}";

const client = createConnectorFrameworkClient({
  endpoint: process.env.ENDPOINT ?? "",
  region: "eu-central-1",
  credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
  retries: 0,
});
const connector_id = "cc-1";
const found: string[] = [];
const keep = ({ document_id }: Document) => found.push(document_id);
for await (const document of items(client, "ListCustomConnectorDocuments", { connector_id })) keep(document);
let pages = 0;
for await (const { documents } of paginate(client, "ListCustomConnectorDocuments", { connector_id, max_results: 2 }))
  pages += documents.length > 0 ? 1 : 0;
try {
  await client.call("StartCustomConnectorJob", { connector_id, environment: [{ name: "A", value: "b" }] });
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  console.log(JSON.stringify({ found, pages, status: error.status, errorType: error.errorType }));
}
`;

const directory = temporaryDirectory();
let server: Server;
const asked: string[] = [];
beforeAll(async () => {
  // What npm makes of the package's folder: itself, and beside it what it depends on and nothing else.
  const packages = join(directory.path, "node_modules");
  mkdirSync(join(packages, name), { recursive: true });
  for (const file of ["index.js", "index.d.ts", "package.json"]) cpSync(join(client, file), join(packages, name, file));
  for (const dependency of [...Object.keys(dependencies), "@types/node"]) {
    mkdirSync(join(packages, dependency, ".."), { recursive: true });
    symlinkSync(join(project, "node_modules", dependency), join(packages, dependency));
  }
  writeFileSync(join(directory.path, "program.ts"), program);
  writeFileSync(join(directory.path, "package.json"), JSON.stringify({ type: "module" }));
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.method === "POST") {
      const refusal = { message: "in use", errorType: "ConflictException" };
      response.writeHead(409).end(JSON.stringify(refusal));
      return;
    }
    const first = !request.url?.includes("next_token");
    const document = { checksum: "c", created_at: "2026-01-01T00:00:00.000Z", updated_at: "2026-01-01T00:00:00.000Z" };
    const ids = first ? ["a", "b"] : ["c"];
    const documents = ids.map((document_id) => ({ document_id, ...document }));
    response.end(JSON.stringify({ documents, next_token: first ? "more" : null }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  directory.remove();
});

test("it names what it needs, in the versions that are tested here", () => {
  const { dependencies: tested } = z.object({ dependencies: z.record(z.string(), z.string()) }).parse(packageJson);
  expect(tested).toMatchObject(dependencies);
  expect(rest.name).toBe(name);
  const imports = readFileSync(join(client, "index.js"), "utf8").matchAll(/^import .* from "([^"]+)";$/gm);
  const needed = [...imports].map(([, imported = ""]) => imported);
  expect(Object.keys(dependencies)).toEqual([...new Set([...needed, "@aws-sdk/types"])].sort());
});

test("a program that uses it passes the strictest compiler, declarations included, and one that misuses it does not", async () => {
  const compile = (file: string) =>
    run(
      node,
      [
        join(project, "node_modules/typescript/bin/tsc"),
        ...[
          "--noEmit",
          "--strict",
          "--exactOptionalPropertyTypes",
          "--noUncheckedIndexedAccess",
          "--skipLibCheck",
          "false",
        ],
        ...["--target", "es2023", "--module", "nodenext", "--types", "node", file],
      ],
      { cwd: directory.path },
    );
  await compile("program.ts");
  writeFileSync(join(directory.path, "wrong.ts"), program.replace('"StartCustomConnectorJob"', '"StartJob"'));
  await expect(compile("wrong.ts")).rejects.toMatchObject({ stdout: expect.stringContaining('"StartJob"') });
}, 60_000);

test("the program reads every page, and is told of a refusal by its name", async () => {
  const environment = { ...process.env, ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prod/` };
  const { stdout } = await run(node, ["--disable-warning=ExperimentalWarning", "program.ts"], {
    cwd: directory.path,
    env: environment,
  });
  expect(JSON.parse(stdout)).toEqual({ found: ["a", "b", "c"], pages: 2, status: 409, errorType: "ConflictException" });
  expect(asked.at(-1)).toBe("POST /prod/api/v1/custom-connectors/cc-1/jobs");
});
