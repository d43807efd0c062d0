import * as z from "zod";
import { containerProperties, jobTimeout, parameters, retryStrategy, tags } from "../container.ts";
import { clientException } from "../errors.ts";
import { fargateVcpus } from "../fargate.ts";
import type { JobDefinition } from "../model.ts";
import { pageOf } from "../page.ts";
import { parseRequest } from "../parse-request.ts";
import type { Operation, Service } from "../service.ts";
import { definitionKey } from "../stores.ts";
import { name, paging } from "./names.ts";

const fargateOnly = "the local Batch has FARGATE jobs only";
const fargate = z.literal("FARGATE", { error: fargateOnly });

const registerRequest = z.strictObject({
  jobDefinitionName: name("Job definition name"),
  type: z.literal("container", { error: "the local Batch has single-container jobs only" }),
  parameters: parameters.default({}),
  retryStrategy: retryStrategy.optional(),
  timeout: jobTimeout.optional(),
  containerProperties,
  propagateTags: z.boolean().optional(),
  platformCapabilities: z.tuple([fargate], { error: fargateOnly }),
  tags: tags.default({}),
});

export const registerJobDefinition: Operation = (body, { arns, stores: { jobDefinitions } }) => {
  const request = parseRequest(registerRequest, body);
  fargateVcpus(request.containerProperties.resourceRequirements);
  const { jobDefinitionName } = request;
  const revisions = jobDefinitions.all().filter((other) => other.jobDefinitionName === jobDefinitionName);
  const revision = 1 + revisions.reduce((last, other) => Math.max(last, other.revision), 0);
  const jobDefinitionArn = arns.of("job-definition", definitionKey({ jobDefinitionName, revision }));
  const sequence = jobDefinitions.nextSequence();
  jobDefinitions.put({ sequence, jobDefinitionArn, revision, status: "ACTIVE", ...request });
  return { jobDefinitionName, jobDefinitionArn, revision };
};

const deregisterRequest = z.strictObject({ jobDefinition: z.string() });

export const deregisterJobDefinition: Operation = (body, { arns, stores: { jobDefinitions } }) => {
  const { jobDefinition } = parseRequest(deregisterRequest, body);
  const found = jobDefinitions.get(arns.idIn("job-definition", jobDefinition) ?? "");
  if (found === undefined) throw clientException(`JobDefinition ${jobDefinition} not found.`);
  jobDefinitions.put({ ...found, status: "INACTIVE" });
  return {};
};

const describeRequest = z
  .strictObject({
    jobDefinitions: z.array(z.string()).max(100).optional(),
    jobDefinitionName: z.string().optional(),
    status: z.string().optional(),
    ...paging,
  })
  .refine(({ jobDefinitions, jobDefinitionName, status }) => !jobDefinitions || !(jobDefinitionName ?? status), {
    message: "jobDefinitions cannot be used with other parameters",
  });

export const describeJobDefinitions: Operation = (body, { arns, stores }) => {
  const { jobDefinitions, jobDefinitionName, status, maxResults, nextToken } = parseRequest(describeRequest, body);
  const wanted = jobDefinitions?.map((id) => arns.idIn("job-definition", id));
  const found = stores.jobDefinitions
    .all()
    .filter((definition) => wanted === undefined || wanted.includes(definitionKey(definition)))
    .filter((definition) => jobDefinitionName === undefined || definition.jobDefinitionName === jobDefinitionName)
    .filter((definition) => status === undefined || definition.status === status);
  const page = pageOf(found, { limit: maxResults, nextToken });
  return { jobDefinitions: page.items.map(describe), nextToken: page.nextToken };
};

/**
 * The definition a job may be submitted with: `name` (its latest active revision), `name:revision`, or the ARN of
 * either. Throws a ClientException when there is none or it is not ACTIVE.
 */
export function activeDefinition(reference: string, { arns, stores }: Service): JobDefinition {
  const id = arns.idIn("job-definition", reference) ?? "";
  const found = stores.jobDefinitions
    .all()
    .filter((definition) => definition.jobDefinitionName === id || definitionKey(definition) === id)
    .filter((definition) => definition.status === "ACTIVE")
    .reduce<JobDefinition | undefined>(
      (last, next) => (last && last.revision > next.revision ? last : next),
      undefined,
    );
  if (found !== undefined) return found;
  throw clientException(`JobDefinition name ${reference} does not exist or is not in ACTIVE status`);
}

function describe({ sequence: _, ...definition }: JobDefinition): object {
  return { ...definition, containerOrchestrationType: "ECS" };
}
