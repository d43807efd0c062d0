import * as z from "zod";
import { jobStateTimeLimitActions, tags } from "../container.ts";
import { clientException, invalidRequest } from "../errors.ts";
import type { JobQueue } from "../model.ts";
import { pageOf } from "../page.ts";
import { parseRequest } from "../parse-request.ts";
import type { Operation, Service } from "../service.ts";
import { computeEnvironmentNamed } from "./compute-environments.ts";
import { name, paging } from "./names.ts";

const state = z.enum(["ENABLED", "DISABLED"]);
const priority = z.int().min(0);
const computeEnvironmentOrder = z
  .array(z.strictObject({ order: z.int().min(0), computeEnvironment: z.string() }))
  .min(1)
  .max(3);

const createRequest = z.strictObject({
  jobQueueName: name("Job queue name"),
  state: state.default("ENABLED"),
  priority,
  computeEnvironmentOrder,
  jobStateTimeLimitActions: jobStateTimeLimitActions.optional(),
  tags: tags.default({}),
});

export const createJobQueue: Operation = (body, service) => {
  const request = parseRequest(createRequest, body);
  const { jobQueues } = service.stores;
  const { jobQueueName } = request;
  if (jobQueues.get(jobQueueName) !== undefined) throw invalidRequest("Object already exists");
  const jobQueueArn = service.arns.of("job-queue", jobQueueName);
  const order = withArns(request.computeEnvironmentOrder, service);
  jobQueues.put({ sequence: jobQueues.nextSequence(), ...request, jobQueueArn, computeEnvironmentOrder: order });
  return { jobQueueName, jobQueueArn };
};

const updateRequest = z.strictObject({
  jobQueue: z.string(),
  state: state.optional(),
  priority: priority.optional(),
  computeEnvironmentOrder: computeEnvironmentOrder.optional(),
  jobStateTimeLimitActions: jobStateTimeLimitActions.optional(),
});

export const updateJobQueue: Operation = (body, service) => {
  const request = parseRequest(updateRequest, body);
  const before = jobQueueNamed(request.jobQueue, service);
  const order = request.computeEnvironmentOrder;
  const after = {
    ...before,
    state: request.state ?? before.state,
    priority: request.priority ?? before.priority,
    computeEnvironmentOrder: order === undefined ? before.computeEnvironmentOrder : withArns(order, service),
    jobStateTimeLimitActions: request.jobStateTimeLimitActions ?? before.jobStateTimeLimitActions,
  };
  service.stores.jobQueues.put(after);
  service.runner.schedule();
  return { jobQueueName: after.jobQueueName, jobQueueArn: after.jobQueueArn };
};

const describeRequest = z.strictObject({ jobQueues: z.array(z.string()).max(100).optional(), ...paging });

export const describeJobQueues: Operation = (body, { arns, stores }) => {
  const { jobQueues, maxResults, nextToken } = parseRequest(describeRequest, body);
  const names = jobQueues?.map((nameOrArn) => arns.idIn("job-queue", nameOrArn));
  const found = stores.jobQueues.all().filter((queue) => names === undefined || names.includes(queue.jobQueueName));
  const page = pageOf(found, { limit: maxResults, nextToken });
  return { jobQueues: page.items.map(describe), nextToken: page.nextToken };
};

/** Throws a ClientException when there is none. */
export function jobQueueNamed(nameOrArn: string, { arns, stores }: Service): JobQueue {
  const found = stores.jobQueues.get(arns.idIn("job-queue", nameOrArn) ?? "");
  if (found === undefined) throw clientException(`JobQueue ${nameOrArn} not found.`);
  return found;
}

function withArns(order: JobQueue["computeEnvironmentOrder"], service: Service): JobQueue["computeEnvironmentOrder"] {
  return order.map((entry) => ({
    order: entry.order,
    computeEnvironment: computeEnvironmentNamed(entry.computeEnvironment, service).computeEnvironmentArn,
  }));
}

function describe({ sequence: _, ...queue }: JobQueue): object {
  return { ...queue, status: "VALID", statusReason: "JobQueue Healthy" };
}
