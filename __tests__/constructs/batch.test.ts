import { JobQueue, type JobQueueProps } from "../../constructs/batch/index.ts";
import { Network } from "../../constructs/network/index.ts";
import { Role } from "../../constructs/role/index.ts";
import { synthesize } from "./synth.ts";

const everything: Required<Omit<JobQueueProps, "network">> = {
  jobNamePrefix: "bake-",
  jobTag: "cake",
  jobRolePath: "/bakers/",
  stuckSeconds: 600,
};

const queue = (props: Partial<JobQueueProps> = {}, grant?: (queue: JobQueue, role: Role) => void) =>
  synthesize(
    (stack) => {
      const jobs = new JobQueue(stack, "Oven", { network: new Network(stack, "Net"), ...everything, ...props });
      grant?.(jobs, new Role(stack, "Baker", { assumedBy: "lambda.amazonaws.com", description: "" }));
    },
    { batch: { maxVcpus: 12 } },
  );

test("jobs run on Fargate, in the network's task subnets and group, as many as the stage allows", () => {
  const made = queue();
  expect(made.one("aws_batch_compute_environment")).toEqual({
    name: "armature-dev-shop-oven",
    type: "MANAGED",
    compute_resources: {
      type: "FARGATE",
      max_vcpus: 12,
      subnets: Object.keys(made.all("aws_subnet"))
        .sort()
        .map((id) => `\${aws_subnet.${id}.id}`),
      security_group_ids: [expect.stringMatching(/^\$\{aws_security_group\.Net_Tasks_/)],
    },
  });
  expect(made.one("aws_cloudwatch_log_group").name).toBe("/aws/batch/armature-dev-shop-oven");
});

test("a job that will never start does not wait for ever", () => {
  const { job_state_time_limit_action, ...resource } = queue().one("aws_batch_job_queue");
  expect(resource).toMatchObject({ name: "armature-dev-shop-oven", state: "ENABLED", priority: 1 });
  expect(job_state_time_limit_action).toHaveLength(3);
  for (const limit of Object(job_state_time_limit_action))
    expect(limit).toMatchObject({ action: "CANCEL", state: "RUNNABLE", max_time_seconds: 600 });
});

test("a job that says nothing of it may be stuck for half an hour", () => {
  const made = synthesize((stack) => {
    const { stuckSeconds: _, ...least } = everything;
    new JobQueue(stack, "Oven", { network: new Network(stack, "Net"), ...least });
  });
  expect(made.one("aws_batch_job_queue").job_state_time_limit_action).toContainEqual(
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
    expect(granted((oven, role) => oven.grantRetireDefinitions(role))).toEqual([
      { Action: ["batch:DescribeJobDefinitions"], Resource: ["*"] },
      { Action: ["batch:DeregisterJobDefinition"], Resource: [definitions] },
    ]);
  });
});

test.each<[string, Partial<JobQueueProps>, string]>([
  ["jobNamePrefix would match every job", { jobNamePrefix: "" }, 'jobNamePrefix is ""'],
  ["jobNamePrefix has a wildcard", { jobNamePrefix: "a*" }, 'jobNamePrefix is "a*"'],
  ["jobTag is empty", { jobTag: "" }, "jobTag must name a tag"],
  ["jobRolePath is the root, where every role is", { jobRolePath: "/" }, 'jobRolePath is "/"'],
  ["jobRolePath does not end in a slash", { jobRolePath: "/bakers" }, 'jobRolePath is "/bakers"'],
  ["stuckSeconds is under ten minutes", { stuckSeconds: 599 }, "stuckSeconds is 599"],
])("fails when %s", (_, props, problem) => {
  expect(() => queue(props)).toThrow(`dev-shop/Oven: ${problem}`);
});
