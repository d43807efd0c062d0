import { JobQueue, type JobQueueProps, type SubmittedJobs } from "../../constructs/batch/index.ts";
import { Network } from "../../constructs/network/index.ts";
import { Role } from "../../constructs/role/index.ts";
import { SynthesisError } from "../../constructs/validation/index.ts";
import { networkProps, synthesize } from "./synth.ts";

const everything: Required<Omit<JobQueueProps, "network">> = {
  maxVcpus: 12,
  spot: false,
  jobs: { namePrefix: "bake-", tag: "cake", rolePath: "/bakers/" },
  stuckSeconds: 600,
};

const queue = (props: Partial<JobQueueProps> = {}, grant?: (queue: JobQueue, role: Role) => void) =>
  synthesize((stack) => {
    const jobs = new JobQueue(stack, "Oven", {
      network: new Network(stack, "Net", networkProps),
      ...everything,
      ...props,
    });
    grant?.(jobs, new Role(stack, "Baker", { assumedBy: "lambda.amazonaws.com", description: "" }));
  });

/** A queue that says only what it must. */
const least = (grant?: (queue: JobQueue, role: Role) => void) =>
  synthesize((stack) => {
    const network = new Network(stack, "Net", networkProps);
    const jobs = new JobQueue(stack, "Oven", { network, maxVcpus: 1 });
    grant?.(jobs, new Role(stack, "Baker", { assumedBy: "lambda.amazonaws.com", description: "" }));
  });

test("jobs run on Fargate, in the network's task subnets and a group of the queue's own", () => {
  const made = queue();
  expect(made.one("aws_batch_compute_environment")).toEqual({
    name_prefix: "armature-dev-shop-oven-",
    lifecycle: { create_before_destroy: true },
    type: "MANAGED",
    compute_resources: {
      type: "FARGATE",
      max_vcpus: 12,
      subnets: Object.keys(made.all("aws_subnet"))
        .sort()
        .map((id) => `\${aws_subnet.${id}.id}`),
      security_group_ids: [expect.stringMatching(/^\$\{aws_security_group\.Oven_Tasks_/)],
    },
  });
  expect(made.one("aws_cloudwatch_log_group").name).toBe("/aws/batch/armature-dev-shop-oven");
});

test("jobs may call anything, and a replacement of their group stands before the old one goes", () => {
  const made = queue();
  const [group] = Object.keys(made.all("aws_security_group"));
  expect(made.one("aws_security_group")).toEqual({
    name_prefix: "armature-dev-shop-oven-tasks-",
    lifecycle: { create_before_destroy: true },
    description: "Tasks of container jobs",
    vpc_id: `\${aws_vpc.${Object.keys(made.all("aws_vpc"))[0]}.id}`,
  });
  expect(made.one("aws_vpc_security_group_egress_rule")).toEqual({
    security_group_id: `\${aws_security_group.${group}.id}`,
    description: "Anywhere",
    ip_protocol: "-1",
    cidr_ipv4: "0.0.0.0/0",
  });
  expect(made.all("aws_vpc_security_group_ingress_rule")).toEqual({});
});

test("two queues may share a network: what they run in is each one's own", () => {
  const made = synthesize((stack) => {
    const network = new Network(stack, "Net", networkProps);
    for (const id of ["Oven", "Grill"]) new JobQueue(stack, id, { network, maxVcpus: 1 });
  });
  expect(Object.values(made.all("aws_security_group")).map(({ name_prefix }) => name_prefix)).toEqual([
    "armature-dev-shop-grill-tasks-",
    "armature-dev-shop-oven-tasks-",
  ]);
  expect(Object.keys(made.all("aws_vpc"))).toHaveLength(1);
});

test("a name is short enough for what Terraform puts behind its prefix", () => {
  const made = synthesize((stack) => {
    const network = new Network(stack, "Net", networkProps);
    new JobQueue(stack, "Oven".repeat(70), { network, maxVcpus: 1 });
  });
  expect(String(made.one("aws_batch_compute_environment").name_prefix).length + 26).toBeLessThanOrEqual(128);
  expect(String(made.one("aws_security_group").name_prefix).length + 26).toBeLessThanOrEqual(255);
});

test("a job that will never start does not wait for ever", () => {
  const { job_state_time_limit_action, ...resource } = queue().one("aws_batch_job_queue");
  expect(resource).toMatchObject({ name: "armature-dev-shop-oven", state: "ENABLED", priority: 1 });
  expect(job_state_time_limit_action).toHaveLength(3);
  for (const limit of Object(job_state_time_limit_action))
    expect(limit).toMatchObject({ action: "CANCEL", state: "RUNNABLE", max_time_seconds: 600 });
});

test("a job that says nothing of it may be stuck for half an hour", () => {
  expect(least().one("aws_batch_job_queue").job_state_time_limit_action).toContainEqual(
    expect.objectContaining({ max_time_seconds: 1800 }),
  );
});

describe("grants", () => {
  const granted = (grant: (queue: JobQueue, role: Role) => void) =>
    queue({}, grant)
      .statements("Baker")
      .map(({ Effect: _, ...statement }) => statement);
  const definitions = "arn:aws:batch:eu-central-1:111111111111:job-definition/bake-*";
  const jobs = "arn:aws:batch:eu-central-1:111111111111:job/*";

  test("to submit reach this queue, definitions with the prefix, and roles under the path for ECS tasks only", () => {
    expect(granted((oven, role) => oven.grantSubmit(role))).toEqual([
      { Action: ["batch:RegisterJobDefinition", "batch:TagResource"], Resource: [definitions] },
      {
        Action: ["batch:SubmitJob"],
        Resource: [definitions, expect.stringMatching(/^\$\{aws_batch_job_queue\.Oven_\w+\.arn\}$/)],
      },
      {
        Action: ["batch:TagResource"],
        Resource: [jobs],
        Condition: { StringLike: { "aws:RequestTag/cake": "bake-*" } },
      },
      {
        Action: ["iam:PassRole"],
        Resource: ["arn:aws:iam::111111111111:role/bakers/*"],
        Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
    ]);
  });

  test("to terminate reach jobs that are tagged as this queue's", () => {
    expect(granted((oven, role) => oven.grantTerminate(role))).toEqual([
      {
        Action: ["batch:TerminateJob"],
        Resource: [jobs],
        Condition: { StringLike: { "aws:ResourceTag/cake": "bake-*" } },
      },
    ]);
  });

  test("to list, and to retire definitions, name the two calls that know no resource", () => {
    expect(granted((oven, role) => oven.grantList(role))).toEqual([{ Action: ["batch:ListJobs"], Resource: ["*"] }]);
    expect(granted((oven, role) => oven.grantDescribe(role))).toEqual([
      { Action: ["batch:DescribeJobs"], Resource: ["*"] },
    ]);
    expect(granted((oven, role) => oven.grantRetireDefinitions(role))).toEqual([
      { Action: ["batch:DescribeJobDefinitions"], Resource: ["*"] },
      { Action: ["batch:DeregisterJobDefinition"], Resource: [definitions] },
    ]);
  });
});

describe("a queue that does not say which jobs programs submit", () => {
  test("can be listed, by whoever may list others too", () => {
    const made = synthesize((stack) => {
      const network = new Network(stack, "Net", networkProps);
      const role = new Role(stack, "Baker", { assumedBy: "lambda.amazonaws.com", description: "" });
      for (const id of ["Oven", "Grill"]) new JobQueue(stack, id, { network, maxVcpus: 1 }).grantList(role);
    });
    expect(made.statements("Baker")).toHaveLength(1);
  });

  test.each<[string, (queue: JobQueue, role: Role) => void]>([
    ["submit", (oven, role) => oven.grantSubmit(role)],
    ["terminate", (oven, role) => oven.grantTerminate(role)],
    ["retire definitions of", (oven, role) => oven.grantRetireDefinitions(role)],
  ])("fails when a grant would have to know which jobs one may %s", (verb, grant) => {
    expect(() => least(grant)).toThrow(
      new SynthesisError([`dev-shop/Oven: jobs must be set, or it is not known which jobs one may ${verb}`]),
    );
  });
});

const jobs = (changes: Partial<SubmittedJobs>) => ({ jobs: { ...everything.jobs, ...changes } });

test.each<[string, Partial<JobQueueProps>, string]>([
  ["maxVcpus is 0", { maxVcpus: 0 }, "maxVcpus is 0"],
  ["jobs.namePrefix would match every job", jobs({ namePrefix: "" }), 'jobs.namePrefix is ""'],
  ["jobs.namePrefix has a wildcard", jobs({ namePrefix: "a*" }), 'jobs.namePrefix is "a*"'],
  ["jobs.tag is empty", jobs({ tag: "" }), "jobs.tag must name a tag"],
  ["jobs.rolePath is the root, where every role is", jobs({ rolePath: "/" }), 'jobs.rolePath is "/"'],
  ["jobs.rolePath does not end in a slash", jobs({ rolePath: "/bakers" }), 'jobs.rolePath is "/bakers"'],
  ["stuckSeconds is under ten minutes", { stuckSeconds: 599 }, "stuckSeconds is 599"],
])("fails when %s", (_, props, problem) => {
  expect(() => queue(props)).toThrow(`dev-shop/Oven: ${problem}`);
});

test("spare capacity is a queue of its own, which grants reach too", () => {
  const made = queue({ spot: true }, (oven, role) => oven.grantSubmit(role));
  const types = Object.values(made.all("aws_batch_compute_environment")).map(({ compute_resources }) =>
    Object(compute_resources),
  );
  expect(types.map(({ type, max_vcpus }) => [type, max_vcpus]).sort()).toEqual([
    ["FARGATE", 12],
    ["FARGATE_SPOT", 12],
  ]);
  const queues = Object.values(made.all("aws_batch_job_queue"));
  expect(queues.map(({ name }) => name).sort()).toEqual(["armature-dev-shop-oven", "armature-dev-shop-oven-spot"]);
  const environments = queues.map(({ compute_environment_order }) => JSON.stringify(compute_environment_order));
  expect(new Set(environments).size).toBe(2);
  const submit = made.statements("Baker").find(({ Action }) => String(Action) === "batch:SubmitJob");
  expect(submit?.Resource).toHaveLength(3);
});

test("fails when spare capacity is asked for that there is none of", () => {
  expect(() => queue({}, (oven) => oven.spotArn)).toThrow("dev-shop/Oven: spot must be set");
});
