import * as z from "zod";
import { invalidRequest } from "../errors.ts";
import { type Job, jobStatuses } from "../model.ts";
import { pageOf } from "../page.ts";
import { parseRequest } from "../parse-request.ts";
import type { Operation, Service } from "../service.ts";
import { jobQueueNamed } from "./job-queues.ts";

const describeRequest = z.strictObject({ jobs: z.array(z.string()).min(1).max(100) });

/** Jobs that do not exist are left out of the answer, as in Batch. */
export const describeJobs: Operation = (body, service) => {
  const { jobs } = parseRequest(describeRequest, body);
  return { jobs: jobs.map((id) => jobWithId(id, service)?.detail).filter((detail) => detail !== undefined) };
};

const endRequest = z.strictObject({ jobId: z.string().min(1), reason: z.string().min(1).max(1024) });

export const cancelJob: Operation = (body, service) => {
  const { jobId, reason } = parseRequest(endRequest, body);
  service.runner.cancel(existingJob(jobId, service), reason);
  return {};
};

export const terminateJob: Operation = (body, service) => {
  const { jobId, reason } = parseRequest(endRequest, body);
  service.runner.terminate(existingJob(jobId, service), reason);
  return {};
};

const time = z.string().regex(/^\d+$/, "must be milliseconds since 1970");
const filter = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal(["JOB_NAME", "JOB_DEFINITION"]), values: z.tuple([z.string().min(1)]) }),
  z.strictObject({ name: z.literal(["BEFORE_CREATED_AT", "AFTER_CREATED_AT"]), values: z.tuple([time]) }),
]);

const listRequest = z.strictObject({
  jobQueue: z.string({ error: "jobQueue must be given: the local Batch has no array and no multi-node jobs" }),
  jobStatus: z.enum(jobStatuses).default("RUNNING"),
  filters: z.array(filter).max(1, "only one filter can be used at a time").default([]),
  maxResults: z.int().min(1).optional(),
  nextToken: z.string().optional(),
});

/** Newest first; with a filter the status is ignored, and a page has 100 jobs at most instead of 1,000. */
export const listJobs: Operation = (body, service) => {
  const { jobQueue, jobStatus, filters, maxResults = 1000, nextToken } = parseRequest(listRequest, body);
  const { jobQueueArn } = jobQueueNamed(jobQueue, service);
  const [only] = filters;
  const wanted = only === undefined ? ({ detail }: Job) => detail.status === jobStatus : matcher(only, service);
  const found = service.stores.jobs.all().filter((job) => job.detail.jobQueue === jobQueueArn && wanted(job));
  const page = pageOf(found, { limit: Math.min(maxResults, only === undefined ? 1000 : 100), nextToken });
  return { jobSummaryList: page.items.map(summary), nextToken: page.nextToken };
};

function matcher({ name, values: [value] }: z.output<typeof filter>, { arns }: Service): (job: Job) => boolean {
  switch (name) {
    case "JOB_NAME": {
      const matches = glob(value.toLowerCase());
      return ({ detail }) => matches(detail.jobName.toLowerCase());
    }
    case "JOB_DEFINITION": {
      if (value.startsWith("arn:")) return ({ detail }) => detail.jobDefinition === value;
      const matches = glob(value);
      return ({ detail }) => matches((arns.idIn("job-definition", detail.jobDefinition) ?? "").replace(/:\d+$/, ""));
    }
    case "BEFORE_CREATED_AT":
      return ({ detail }) => detail.createdAt < Number(value);
    case "AFTER_CREATED_AT":
      return ({ detail }) => detail.createdAt > Number(value);
  }
}

const glob = (pattern: string) => (text: string) =>
  pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;

function summary({ detail }: Job): object {
  const { jobArn, jobId, jobName, createdAt, status, statusReason, startedAt, stoppedAt, jobDefinition } = detail;
  const { isCancelled, isTerminated } = detail;
  const { exitCode, reason } = detail.container;
  return {
    ...{ jobArn, jobId, jobName, createdAt, status, statusReason, startedAt, stoppedAt, jobDefinition },
    ...{ isCancelled, isTerminated },
    container: { exitCode, reason },
  };
}

function jobWithId(idOrArn: string, { arns, stores }: Service): Job | undefined {
  return stores.jobs.get(arns.idIn("job", idOrArn) ?? "");
}

function existingJob(id: string, service: Service): Job {
  const found = jobWithId(id, service);
  if (found === undefined) throw invalidRequest(`Job ${id} does not exist`);
  return found;
}
