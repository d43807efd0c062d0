import { createHash } from "node:crypto";
import { QBusinessClient } from "@aws-sdk/client-qbusiness";
import { S3Client } from "@aws-sdk/client-s3";
import type { Metadata } from "../../../../../handlers/connector-framework/kit/document.ts";
import { largeDocumentsIn } from "../../../../../handlers/connector-framework/kit/q-business/large-documents.ts";
import {
  type QBusinessSinkOptions,
  qBusinessSink,
} from "../../../../../handlers/connector-framework/kit/q-business/sink.ts";
import type { ChangedDocument } from "../../../../../handlers/connector-framework/kit/sink.ts";
import { type ScriptedQBusiness, startScriptedQBusiness } from "./scripted-q-business.ts";

let service: ScriptedQBusiness;
let clients: { readonly client: QBusinessClient; readonly s3: S3Client };
beforeAll(async () => {
  service = await startScriptedQBusiness();
  const shared = {
    region: "eu-west-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 2,
  };
  clients = {
    client: new QBusinessClient({ ...shared, endpoint: service.endpoint }),
    s3: new S3Client({ ...shared, endpoint: service.s3Endpoint, forcePathStyle: true }),
  };
});
beforeEach(() => service.reset());
afterAll(async () => {
  clients.client.destroy();
  clients.s3.destroy();
  await service.stop();
});

const names = {
  applicationId: "a1111111-2222-3333-4444-555555555555",
  indexId: "b1111111-2222-3333-4444-555555555555",
  dataSourceId: "c1111111-2222-3333-4444-555555555555",
};
const { applicationId, indexId, dataSourceId } = names;
const sinkOf = (options: Partial<QBusinessSinkOptions> = {}) =>
  qBusinessSink({ ...names, client: clients.client, ...options });

/** A sink whose sync has begun. */
async function begun(options: Partial<QBusinessSinkOptions> = {}) {
  const sink = sinkOf(options);
  await sink.begin?.();
  service.requests.length = 0;
  return sink;
}

const document = (id: string, metadata: Metadata = {}, contents = Buffer.from("text")): ChangedDocument => ({
  id,
  metadata,
  mediaType: undefined,
  contents,
});
const sized = (id: string, bytes: number) => document(id, {}, Buffer.alloc(bytes, "a"));
const base64 = (text: string) => Buffer.from(text).toString("base64");

const refuse = (status: number, type: string, message: string) => ({ refuse: { status, type, message } });
const required = [
  { name: "_data_source_id", value: { stringValue: dataSourceId } },
  { name: "_data_source_sync_job_execution_id", value: { stringValue: "sync-1" } },
];

test("a run is one sync job of the data source: begun first, stopped last", async () => {
  const sink = sinkOf();
  await sink.begin?.();
  await sink.put([document("a.txt")]);
  await sink.delete(["b.txt"]);
  await sink.finish?.();
  const dataSource = { names: [applicationId, indexId, dataSourceId] };
  const sync = { names: [applicationId, indexId], dataSourceSyncId: "sync-1" };
  expect(service.requests).toMatchObject([
    { call: "start", body: dataSource },
    { call: "put", body: sync },
    { call: "delete", body: { ...sync, documents: [{ documentId: "b.txt" }] } },
    { call: "stop", body: dataSource },
  ]);
});

test("a document goes with its title, its format, its attributes and who may find it", async () => {
  const sink = await begun();
  const failures = await sink.put([
    document("page.html", {
      title: "A page",
      source_uri: "https://example.com/page",
      created_at: "2026-01-02T03:04:05Z",
      last_updated_at: "2026-02-03T04:05:06Z",
      attributes: { department: "sales", pages: 12, tags: ["a", "b"], reviewed: { date: "2026-03-04T00:00:00Z" } },
      access_control_list: [
        {
          principals: [
            { user: { id: "ann@example.com", access: "ALLOW", membershipType: "DATASOURCE" } },
            { group: { name: "interns", access: "DENY" } },
          ],
          memberRelation: "OR",
        },
      ],
    }),
  ]);
  expect(failures).toEqual([]);
  expect(service.requests).toEqual([
    {
      call: "put",
      body: {
        names: [applicationId, indexId],
        dataSourceSyncId: "sync-1",
        documents: [
          {
            id: "page.html",
            title: "A page",
            content: { blob: base64("text") },
            contentType: "HTML",
            attributes: [
              ...required,
              { name: "_source_uri", value: { stringValue: "https://example.com/page" } },
              { name: "_created_at", value: { dateValue: Date.parse("2026-01-02T03:04:05Z") / 1000 } },
              { name: "_last_updated_at", value: { dateValue: Date.parse("2026-02-03T04:05:06Z") / 1000 } },
              { name: "department", value: { stringValue: "sales" } },
              { name: "pages", value: { longValue: 12 } },
              { name: "tags", value: { stringListValue: ["a", "b"] } },
              { name: "reviewed", value: { dateValue: Date.parse("2026-03-04T00:00:00Z") / 1000 } },
            ],
            accessConfiguration: {
              memberRelation: "AND",
              accessControls: [
                {
                  principals: [
                    { user: { id: "ann@example.com", access: "ALLOW", membershipType: "DATASOURCE" } },
                    { group: { name: "interns", access: "DENY" } },
                  ],
                  memberRelation: "OR",
                },
              ],
            },
          },
        ],
      },
    },
  ]);
});

test("a document that says little goes with what is required", async () => {
  const sink = await begun();
  await sink.put([document("a.txt", { title: null, source_uri: null, attributes: null })]);
  expect(service.requests[0]?.body.documents).toEqual([
    { id: "a.txt", content: { blob: base64("text") }, contentType: "PLAIN_TEXT", attributes: required },
  ]);
});

test("its limits are those of the service", () => {
  expect(sinkOf().limits).toEqual({ putDocuments: 10, putBytes: 10_000_000, deleteIds: 10 });
});

describe("documents that fail", () => {
  test("are those that the answer names", async () => {
    const sink = await begun();
    service.script("put", {
      failed: [
        { id: "b.txt", error: { errorCode: "InvalidRequest", errorMessage: "too odd" }, dataSourceId },
        { id: "c.txt" },
      ],
    });
    service.script("delete", { failed: [{ id: "d.txt", error: { errorMessage: "locked" } }] });
    expect(await sink.put(["a.txt", "b.txt", "c.txt"].map((id) => document(id)))).toEqual([
      { id: "b.txt", reason: "InvalidRequest: too odd" },
      { id: "c.txt", reason: "Amazon Q Business refused it" },
    ]);
    expect(await sink.delete(["d.txt", "e.txt"])).toEqual([{ id: "d.txt", reason: "locked" }]);
  });

  test.each<[string, ChangedDocument, string]>([
    ["no format that is read", document("a.exe"), "its format is none that Amazon Q Business reads"],
    ["a time that is none", document("a.txt", { created_at: "yesterday" }), "its metadata has a time that is none"],
    ["more than 50 MB", sized("a.txt", 50 * 1024 * 1024 + 1), "it has 52428801 bytes, of which"],
    ["more than 10 MB and no bucket", sized("a.txt", 10_000_001), "it has 10000001 bytes: more than 10000000 go"],
  ])("because they have %s are not sent; others are", async (_, bad, reason) => {
    const sink = await begun();
    expect(await sink.put([bad, document("good.txt")])).toEqual([
      { id: bad.id, reason: expect.stringContaining(reason) },
    ]);
    expect(service.requests[0]?.body.documents).toMatchObject([{ id: "good.txt" }]);
  });

  test("need no call when there is nobody beside them", async () => {
    const sink = await begun();
    expect(await sink.put([document("a.exe")])).toHaveLength(1);
    expect(service.requests).toEqual([]);
  });

  test("because they make a whole call invalid do so alone", async () => {
    const sink = await begun();
    const invalid = refuse(400, "ValidationException", "attribute is unknown");
    service.script("put", invalid, { failed: [] }, invalid, { failed: [] });
    const failures = await sink.put(["a.txt", "b.txt", "c.txt"].map((id) => document(id)));
    expect(failures).toEqual([{ id: expect.stringMatching(/^[abc]\.txt$/), reason: "attribute is unknown" }]);
    expect(service.requests.map(({ body }) => Object(body).documents.length)).toEqual([3, 1, 1, 1]);
  });
});

describe("a document of more than 10 MB", () => {
  const roleArn = "arn:aws:iam::123456789012:role/qbusiness-reads";
  const large = () => largeDocumentsIn({ bucket: "bucket", roleArn, client: clients.s3 });

  test("goes through the bucket, under a name that tells nothing, and is read with the role", async () => {
    const sink = await begun({ large: large() });
    expect(await sink.put([sized("deep/big file.txt", 10_000_001)])).toEqual([]);
    const key = `qbusiness-docs/${createHash("sha256").update("deep/big file.txt").digest("hex")}`;
    expect(service.requests).toMatchObject([
      { call: "store", body: { names: [key] } },
      { call: "put", body: { roleArn, documents: [{ content: { s3: { bucket: "bucket", key } } }] } },
    ]);
  });

  test("fails by itself when the bucket does not take it", async () => {
    const sink = await begun({ large: large() });
    service.script("store", refuse(403, "AccessDenied", "no"));
    expect(await sink.put([sized("big.txt", 10_000_001), document("a.txt")])).toMatchObject([{ id: "big.txt" }]);
    expect(service.calls()).toEqual(["store", "put"]);
  });

  test("leaves the role out where no document needs it", async () => {
    const sink = await begun({ large: large() });
    await sink.put([sized("a.txt", 10_000_000)]);
    expect(service.requests[0]?.body).not.toHaveProperty("roleArn");
  });
});

describe("a sync job", () => {
  test("that cannot be started is the run's failure", async () => {
    service.script("start", refuse(403, "AccessDeniedException", "not allowed"));
    await expect(sinkOf().begin?.()).rejects.toThrow("not allowed");
    expect(service.calls()).toEqual(["start"]);
  });

  test("that a cut off run left behind is stopped, and this one's started in its place", async () => {
    service.script("start", refuse(409, "ConflictException", "a sync job is running"));
    await sinkOf().begin?.();
    expect(service.calls()).toEqual(["start", "stop", "start"]);
  });

  test("that cannot be stopped is the run's failure: the data source would stay busy", async () => {
    const sink = await begun();
    service.script("stop", refuse(404, "ResourceNotFoundException", "gone"));
    await expect(sink.finish?.()).rejects.toThrow("gone");
  });

  test("goes on after the service was busy for a moment", async () => {
    const sink = await begun();
    service.script("put", refuse(429, "ThrottlingException", "slow down"));
    expect(await sink.put([document("a.txt")])).toEqual([]);
    expect(service.calls()).toEqual(["put", "put"]);
  });
});
