import * as z from "zod";
import { tags } from "../container.ts";
import { invalidRequest } from "../errors.ts";
import { parseRequest } from "../parse-request.ts";
import type { Service } from "../service.ts";

type Tags = Readonly<Record<string, string>>;

interface Tagged {
  readonly tags: Tags;
  replace(tags: Record<string, string>): void;
}

export function listTagsForResource(resourceArn: string, service: Service): object {
  return { tags: tagged(resourceArn, service).tags };
}

const tagRequest = z.strictObject({ tags });

export function tagResource(resourceArn: string, body: unknown, service: Service): object {
  const { tags: added } = parseRequest(tagRequest, body);
  const resource = tagged(resourceArn, service);
  resource.replace(parseRequest(tags, { ...resource.tags, ...added }));
  return {};
}

export function untagResource(resourceArn: string, keys: readonly string[], service: Service): object {
  const resource = tagged(resourceArn, service);
  resource.replace(Object.fromEntries(Object.entries(resource.tags).filter(([key]) => !keys.includes(key))));
  return {};
}

function tagged(arn: string, { arns, stores }: Service): Tagged {
  const id = (kind: Parameters<typeof arns.idIn>[0]) => (arn.startsWith("arn:") ? (arns.idIn(kind, arn) ?? "") : "");
  const environment = stores.computeEnvironments.get(id("compute-environment"));
  if (environment) {
    return {
      tags: environment.tags,
      replace: (next) => stores.computeEnvironments.put({ ...environment, tags: next }),
    };
  }
  const queue = stores.jobQueues.get(id("job-queue"));
  if (queue) return { tags: queue.tags, replace: (next) => stores.jobQueues.put({ ...queue, tags: next }) };
  const definition = stores.jobDefinitions.get(id("job-definition"));
  if (definition) {
    return { tags: definition.tags, replace: (next) => stores.jobDefinitions.put({ ...definition, tags: next }) };
  }
  const job = stores.jobs.get(id("job"));
  if (job) {
    return {
      tags: job.detail.tags,
      replace: (next) => stores.jobs.put({ ...job, detail: { ...job.detail, tags: next } }),
    };
  }
  throw invalidRequest(`Resource ${arn} does not exist`);
}
