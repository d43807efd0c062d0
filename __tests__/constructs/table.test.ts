import { Role } from "../../constructs/role/index.ts";
import { binary, number, string, Table, type TableProps } from "../../constructs/table/index.ts";
import { synthesize } from "./synth.ts";

const everything: Required<TableProps> = {
  partitionKey: string("tenant"),
  sortKey: number("order"),
  indexes: {
    ByDay: { partitionKey: string("day"), sortKey: number("order") },
    ByHash: { partitionKey: binary("hash"), projection: "keys-only" },
    BySize: { partitionKey: string("size"), projection: { include: ["colour"] } },
  },
  timeToLive: "expires_at",
  stream: "new-and-old-images",
};

const table = (props: TableProps) => synthesize((stack) => new Table(stack, "Orders", props)).one("aws_dynamodb_table");

test("every prop is in the resource", () => {
  expect(table(everything)).toEqual({
    name: "armature-dev-shop-orders",
    billing_mode: "PAY_PER_REQUEST",
    hash_key: "tenant",
    range_key: "order",
    attribute: [
      { name: "day", type: "S" },
      { name: "hash", type: "B" },
      { name: "order", type: "N" },
      { name: "size", type: "S" },
      { name: "tenant", type: "S" },
    ],
    global_secondary_index: [
      { name: "ByDay", hash_key: "day", range_key: "order", projection_type: "ALL" },
      { name: "ByHash", hash_key: "hash", projection_type: "KEYS_ONLY" },
      { name: "BySize", hash_key: "size", projection_type: "INCLUDE", non_key_attributes: ["colour"] },
    ],
    ttl: { attribute_name: "expires_at", enabled: true },
    stream_enabled: true,
    stream_view_type: "NEW_AND_OLD_IMAGES",
    server_side_encryption: { enabled: true },
    point_in_time_recovery: { enabled: true },
    deletion_protection_enabled: true,
    lifecycle: { prevent_destroy: true },
  });
});

test.each([
  ["keys-only", "KEYS_ONLY"],
  ["new-image", "NEW_IMAGE"],
  ["old-image", "OLD_IMAGE"],
] as const)("a stream of %s is %s", (stream, view) => {
  expect(table({ partitionKey: string("id"), stream }).stream_view_type).toBe(view);
});

test("a stage without deletion protection may take the table down", () => {
  const made = synthesize((stack) => new Table(stack, "Orders", everything), { deletionProtection: false });
  expect(made.one("aws_dynamodb_table")).toMatchObject({
    deletion_protection_enabled: false,
    lifecycle: { prevent_destroy: false },
  });
});

test.each<[string, TableProps, string]>([
  ["partitionKey has no name", { partitionKey: string("") }, "partitionKey has a name of 0 bytes"],
  [
    "sortKey has a name too long",
    { partitionKey: string("a"), sortKey: string("é".repeat(128)) },
    "sortKey has a name of 256 bytes",
  ],
  [
    "one attribute has two types",
    { partitionKey: string("a"), indexes: { ByA: { partitionKey: number("a") } } },
    "indexes.ByA.partitionKey says a is N, but partitionKey says S",
  ],
  [
    "an index has a short name",
    { partitionKey: string("a"), indexes: { B: { partitionKey: string("b") } } },
    "indexes.B must have 3 to 255",
  ],
  [
    "there are 21 indexes",
    {
      partitionKey: string("a"),
      indexes: Object.fromEntries([...Array(21)].map((_, i) => [`Index${i}`, { partitionKey: string("b") }])),
    },
    "indexes has 21 entries",
  ],
  ["timeToLive is empty", { partitionKey: string("a"), timeToLive: "" }, "timeToLive must name an attribute"],
  [
    "timeToLive is a key of text",
    { partitionKey: string("a"), timeToLive: "a" },
    "timeToLive is a, a key that is no number",
  ],
])("fails when %s", (_, props, problem) => {
  expect(() => table(props)).toThrow(`dev-shop/Orders: ${problem}`);
});

test("all that is wrong is told at once", () => {
  expect(() => table({ partitionKey: string(""), timeToLive: "" })).toThrow(/partitionKey.*\n.*timeToLive/);
});

test("whatever the props do not say can be said of the resource itself", () => {
  const made = synthesize((stack) =>
    new Table(stack, "Orders", everything).resource.addOverride("table_class", "STANDARD_INFREQUENT_ACCESS"),
  );
  expect(made.one("aws_dynamodb_table").table_class).toBe("STANDARD_INFREQUENT_ACCESS");
});

describe("grants", () => {
  const granted = (grant: (orders: Table, role: Role) => void) =>
    synthesize((stack) => {
      const orders = new Table(stack, "Orders", everything);
      grant(orders, new Role(stack, "Clerk", { assumedBy: "lambda.amazonaws.com", description: "" }));
    })
      .statements()
      .map(({ Action, Resource }) => ({
        Action,
        Resource: String(Resource)
          .replaceAll(/\$\{[^}]+\.(\w+)\}/g, "$1")
          .split(","),
      }));
  const indexes = ["arn/index/ByDay", "arn/index/ByHash", "arn/index/BySize"];
  const reading = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"];
  const writing = ["BatchWriteItem", "ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem"].map(
    (a) => `dynamodb:${a}`,
  );

  test("to read reach the table and its indexes", () => {
    expect(granted((orders, role) => orders.grantRead(role))).toEqual([
      { Action: reading, Resource: ["arn", ...indexes] },
    ]);
  });

  test("to write reach the table alone", () => {
    expect(granted((orders, role) => orders.grantWrite(role))).toEqual([{ Action: writing, Resource: ["arn"] }]);
  });

  test("to read and write are both", () => {
    expect(granted((orders, role) => orders.grantReadWrite(role))).toEqual([
      { Action: reading, Resource: ["arn", ...indexes] },
      { Action: writing, Resource: ["arn"] },
    ]);
  });

  test("of named operations are exactly those", () => {
    expect(granted((orders, role) => orders.grant(role, "UpdateItem", "GetItem"))).toEqual([
      { Action: ["dynamodb:GetItem", "dynamodb:UpdateItem"], Resource: ["arn"] },
    ]);
  });

  test("of the same kind add up: other operations, another index, the same again", () => {
    const made = granted((orders, role) => {
      orders.grant(role, "GetItem");
      orders.grant(role, "PutItem", "GetItem");
      orders.grant(role, "GetItem", "PutItem");
      orders.grantQuery(role, "ByDay");
      orders.grantQuery(role, "BySize");
      orders.grantRead(role);
      orders.grantRead(role);
    });
    expect(made.map(({ Action }) => Action)).toHaveLength(5);
    expect(made).toEqual(
      expect.arrayContaining([
        { Action: ["dynamodb:GetItem"], Resource: ["arn"] },
        { Action: ["dynamodb:GetItem", "dynamodb:PutItem"], Resource: ["arn"] },
        { Action: ["dynamodb:Query"], Resource: ["arn/index/ByDay"] },
        { Action: ["dynamodb:Query"], Resource: ["arn/index/BySize"] },
        { Action: reading, Resource: ["arn", ...indexes] },
      ]),
    );
  });

  test("to query reach one index", () => {
    expect(granted((orders, role) => orders.grantQuery(role, "ByDay"))).toEqual([
      { Action: ["dynamodb:Query"], Resource: ["arn/index/ByDay"] },
    ]);
  });

  test("to scan reach one index", () => {
    expect(granted((orders, role) => orders.grantScan(role, "BySize"))).toEqual([
      { Action: ["dynamodb:Scan"], Resource: ["arn/index/BySize"] },
    ]);
  });

  test("fail when there is no such index", () => {
    expect(() => granted((orders, role) => orders.grantQuery(role, "ByNight"))).toThrow(
      "indexes has no ByNight to query",
    );
    expect(() => granted((orders, role) => orders.grantScan(role, "ByNight"))).toThrow(
      "indexes has no ByNight to scan",
    );
  });

  test("of the stream reach the streams of the table alone", () => {
    expect(granted((orders, role) => orders.stream.grantRead(role))).toEqual([
      {
        Action: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        Resource: ["stream_arn"],
      },
      { Action: ["dynamodb:ListStreams"], Resource: ["arn/stream/*"] },
    ]);
  });
});

test("fails when the changes of a table without a stream are asked for", () => {
  expect(() => synthesize((stack) => new Table(stack, "Orders", { partitionKey: string("id") }).stream)).toThrow(
    "dev-shop/Orders: stream must be set",
  );
});
