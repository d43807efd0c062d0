import * as fc from "fast-check";
import { EnvironmentError, loadEnvironment } from "../../environments/index.ts";
import { localImages } from "../../environments/local/images.ts";
import { parseEnvironment } from "../../environments/parse.ts";
import { logRetentionDays, stages } from "../../environments/schema.ts";

const sound = {
  stage: "prod",
  region: "eu-central-1",
  accountId: "333333333333",
  state: { bucket: "some-state", region: "eu-central-1" },
  systems: { "connector-framework": { network: { cidr: "10.0.0.0/16", egress: "nat" } } },
  logRetentionDays: 365,
  alarmTopicArns: ["arn:aws:sns:eu-central-1:333333333333:alarms"],
};

/** The problems of the sound environment with some values changed. */
function problemsOf(changes: object, stage = "prod"): readonly string[] {
  try {
    parseEnvironment(stage, { ...sound, ...changes });
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
}

const framework = sound.systems["connector-framework"];
/** The sound environment's systems with some of the connector framework's values changed. */
const systems = (changes: object) => ({ systems: { "connector-framework": { ...framework, ...changes } } });
const network = (changes: object) => systems({ network: { ...framework.network, ...changes } });

describe("loadEnvironment", () => {
  test.each(stages)("stage %s keeps every rule, and says its own name", (stage) => {
    expect(loadEnvironment(stage).stage).toBe(stage);
  });

  test("no two stages share an account or a network, so that they could be joined", () => {
    const all = stages.map(loadEnvironment).filter(({ stage }) => stage !== "local");
    expect(new Set(all.map(({ accountId }) => accountId)).size).toBe(all.length);
    expect(new Set(all.map(({ systems }) => systems["connector-framework"].network.cidr)).size).toBe(all.length);
  });

  test.each(["", "production", "toString", "__proto__"])("an unknown stage %j names those there are", (stage) => {
    expect(() => loadEnvironment(stage)).toThrow(/^there is no stage .*; there are local, dev, staging, prod$/);
  });

  test("what it answers cannot be changed, at any depth", () => {
    const environment = loadEnvironment("prod");
    expect(Object.isFrozen(environment)).toBe(true);
    expect(Object.isFrozen(environment.systems["connector-framework"].network.availabilityZones)).toBe(true);
  });
});

test("an image of the local stage is in that stage's registry and names a command", () => {
  for (const [uri, { command }] of Object.entries(localImages)) {
    const { accountId, region } = loadEnvironment("local");
    expect(uri).toMatch(new RegExp(`^${accountId}\\.dkr\\.ecr\\.${region}\\.amazonaws\\.com/.+:.+$`));
    expect(command.length).toBeGreaterThan(0);
  }
});

describe("parseEnvironment", () => {
  test("fills in what a stage leaves out", () => {
    expect(parseEnvironment("prod", sound)).toMatchObject({
      project: "armature",
      logLevel: "INFO",
      deletionProtection: true,
      apiGatewayAccountRole: "exists",
      systems: {
        "connector-framework": {
          connectorRolePath: "/connectors/",
          api: { throttling: { rate: 100, burst: 200 } },
          batch: { maxVcpus: 64 },
          network: { availabilityZones: ["a", "b"], flowLogs: false },
        },
      },
      state: { keyPrefix: "" },
      tags: {},
    });
  });

  test("tells everything that is wrong at once, values and rules between them, each with its stage and field", () => {
    const problems = problemsOf({
      region: "europe",
      ...network({ cidr: "10.0.0.1/16", egress: "public-ip", peer: "vpc-1" }),
      logLevel: "DEBUG",
      deletionProtection: false,
      alarmTopicArns: [],
      owner: "me",
    });
    expect(problems.map((problem) => problem.split(": ").slice(0, 2).join(": "))).toEqual([
      "environments/prod: region",
      "environments/prod: systems.connector-framework.network.cidr",
      "environments/prod: systems.connector-framework.network.peer",
      "environments/prod: owner",
      "environments/prod: deletionProtection",
      "environments/prod: alarmTopicArns",
      "environments/prod: logLevel",
    ]);
  });

  test("an empty folder lacks what has no default", () => {
    expect(problemsOf({ stage: undefined, region: undefined, accountId: undefined, systems: undefined })).toEqual([
      "environments/prod: stage: must be given",
      "environments/prod: region: must be given",
      "environments/prod: accountId: must be given",
      "environments/prod: systems: must be given",
    ]);
  });

  test.each([null, "prod", 1, []])("a stage that is %j and no object is refused", (input) => {
    expect(() => parseEnvironment("prod", input)).toThrow(EnvironmentError);
  });

  test.each<[string, object, string]>([
    ["project has capitals", { project: "Armature" }, "project"],
    ["project is longer than 20", { project: "a".repeat(21) }, "project"],
    ["region is no region", { region: "eu" }, "region"],
    ["accountId is not 12 digits", { accountId: "33333333333" }, "accountId"],
    ["accountId is the local one", { accountId: "000000000000" }, "accountId"],
    ["state is missing", { state: undefined }, "state"],
    ["state.bucket is no bucket", { state: { ...sound.state, bucket: "B" } }, "state.bucket"],
    ["state.keyPrefix does not end in a slash", { state: { ...sound.state, keyPrefix: "a" } }, "state.keyPrefix"],
    [
      "network.cidr has bits after its prefix",
      network({ cidr: "10.0.1.0/16" }),
      "systems.connector-framework.network.cidr",
    ],
    ["network.cidr is public", network({ cidr: "8.8.0.0/16" }), "systems.connector-framework.network.cidr"],
    ["network.cidr is too large", network({ cidr: "10.0.0.0/15" }), "systems.connector-framework.network.cidr"],
    ["network.cidr is too small", network({ cidr: "10.0.0.0/25" }), "systems.connector-framework.network.cidr"],
    [
      "network has one zone",
      network({ availabilityZones: ["a"] }),
      "systems.connector-framework.network.availabilityZones",
    ],
    [
      "network has a zone twice",
      network({ availabilityZones: ["a", "a"] }),
      "systems.connector-framework.network.availabilityZones",
    ],
    ["network.egress is no kind", network({ egress: "proxy" }), "systems.connector-framework.network.egress"],
    [
      "network.egress is by interface endpoints",
      network({ egress: "endpoints" }),
      "systems.connector-framework.network.egress",
    ],
    ["network.egress is public-ip", network({ egress: "public-ip" }), "systems.connector-framework.network.egress"],
    ["logRetentionDays is none of CloudWatch's", { logRetentionDays: 100 }, "logRetentionDays"],
    ["logRetentionDays is under 90", { logRetentionDays: 60 }, "logRetentionDays"],
    ["logLevel is DEBUG", { logLevel: "DEBUG" }, "logLevel"],
    ["logLevel is no level", { logLevel: "TRACE" }, "logLevel"],
    ["deletionProtection is off", { deletionProtection: false }, "deletionProtection"],
    [
      "api.throttling.rate is 0",
      systems({ api: { throttling: { rate: 0 } } }),
      "systems.connector-framework.api.throttling.rate",
    ],
    [
      "api.throttling.burst is over the account's",
      systems({ api: { throttling: { burst: 5001 } } }),
      "systems.connector-framework.api.throttling.burst",
    ],
    [
      "batch.maxVcpus is no whole number",
      systems({ batch: { maxVcpus: 0.5 } }),
      "systems.connector-framework.batch.maxVcpus",
    ],
    [
      "connectorRolePath is the root",
      systems({ connectorRolePath: "/" }),
      "systems.connector-framework.connectorRolePath",
    ],
    [
      "connectorRolePath does not end in a slash",
      systems({ connectorRolePath: "/connectors" }),
      "systems.connector-framework.connectorRolePath",
    ],
    ["an alarm topic is no topic", { alarmTopicArns: ["alarms"] }, "alarmTopicArns.0"],
    [
      "an alarm topic is in another region",
      { alarmTopicArns: ["arn:aws:sns:us-east-1:333333333333:a"] },
      "alarmTopicArns",
    ],
    ["no one hears of alarms", { alarmTopicArns: [] }, "alarmTopicArns"],
    ["apiGatewayAccountRole is no choice", { apiGatewayAccountRole: "maybe" }, "apiGatewayAccountRole"],
    ["a tag is Armature's own", { tags: { stage: "x" } }, "tags.stage"],
    ["a tag is Armature's own in other letters", { tags: { "Managed-By": "x" } }, "tags.Managed-By"],
    ["two tags differ in case only", { tags: { owner: "a", Owner: "b" } }, "tags"],
    ["a system is none of ours", { systems: { ...sound.systems, shop: {} } }, "systems.shop"],
    ["a tag is AWS's own", { tags: { "AWS:x": "x" } }, "tags.AWS:x"],
    ["a tag's value has a character it may not", { tags: { owner: "a*b" } }, "tags.owner"],
    ["there are more than 40 tags", { tags: Object.fromEntries([...Array(41)].map((_, i) => [`t${i}`, ""])) }, "tags"],
    ["the folder is another stage's", { stage: "staging" }, "stage"],
  ])("prod fails when %s", (_, changes, field) => {
    const problems = problemsOf(changes);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^environments/prod: ${field.replaceAll(".", "\\.")}: \\w`));
  });

  test("a burst may be smaller than the rate: it is how many calls may wait, not how many there may be", () => {
    expect(problemsOf(systems({ api: { throttling: { rate: 50, burst: 49 } } }))).toEqual([]);
  });

  test("rules between values that are right are checked beside a system whose values are wrong", () => {
    const problems = problemsOf({ ...network({ cidr: "" }), logLevel: "DEBUG" });
    expect(problems.map((problem) => problem.split(": ")[1])).toEqual([
      "systems.connector-framework.network.cidr",
      "logLevel",
    ]);
  });

  describe("no two stages share one state", () => {
    const { bucket } = sound.state;
    const beside =
      (...others: readonly unknown[]) =>
      () =>
        parseEnvironment("prod", sound, others);

    test.each<[string, unknown]>([
      ["says so", { ...sound, stage: "staging", state: { ...sound.state, keyPrefix: "" } }],
      ["leaves the prefix to its default", { ...sound, stage: "staging" }],
      ["is wrong in something else", { stage: "staging", region: 1, state: { bucket, region: "us-east-1" } }],
    ])("a stage fails when another has its bucket and prefix and %s", (_, other) => {
      expect(beside({ ...sound, stage: "dev", state: { ...sound.state, bucket: "of-dev" } }, other)).toThrow(
        "environments/prod: state: must not be another stage's: one of bucket and keyPrefix must differ",
      );
    });

    test("one bucket with two prefixes is two places, and so is no state at all", () => {
      expect(
        beside({ ...sound, state: { ...sound.state, keyPrefix: "dev/" } }, { ...sound, state: undefined }, null),
      ).not.toThrow();
    });
  });

  test.each<[string, object]>([
    ["accountId is not the local one", { state: undefined }],
    ["state is given", { accountId: "000000000000" }],
  ])("local fails when %s", (_, changes) => {
    expect(problemsOf({ ...sound, stage: "local", ...changes }, "local")).toHaveLength(1);
  });

  test("what only production demands, others may do without", () => {
    const relaxed = { deletionProtection: false, alarmTopicArns: [], logRetentionDays: 1, logLevel: "DEBUG" };
    expect(problemsOf({ stage: "dev", ...relaxed, ...network({ egress: "public-ip" }) }, "dev")).toEqual([]);
  });

  test("a number of days is a stage's choice exactly when CloudWatch has it", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1, max: 4000 }), (days) => {
        const allowed = (logRetentionDays as readonly number[]).includes(days);
        expect(problemsOf({ stage: "dev", logRetentionDays: days }, "dev").length === 0).toBe(allowed);
      }),
    );
  });
});
