import { randomUUID } from "node:crypto";
import * as z from "zod";
import { environment, jobTimeout, parameters, resourceRequirements, retryStrategy, tags } from "../container.ts";
import { clientException, invalidRequest } from "../errors.ts";
import { fargateVcpus } from "../fargate.ts";
import type { JobDefinition } from "../model.ts";
import { parseRequest } from "../parse-request.ts";
import type { Operation } from "../service.ts";
import { activeDefinition } from "./job-definitions.ts";
import { jobQueueNamed } from "./job-queues.ts";
import { name } from "./names.ts";

/** KiB a SubmitJob request may have (Batch User Guide, "Service quotas"). */
const largestRequest = 30;

const submitRequest = z.strictObject({
  jobName: name("Job name"),
  jobQueue: z.string().min(1),
  jobDefinition: z.string().min(1),
  parameters: parameters.default({}),
  containerOverrides: z
    .strictObject({
      command: z.array(z.string().min(1, "command cannot contain an empty string")).optional(),
      environment: environment.default([]),
      resourceRequirements: resourceRequirements.default([]),
    })
    .default({ environment: [], resourceRequirements: [] }),
  retryStrategy: retryStrategy.optional(),
  timeout: jobTimeout.optional(),
  propagateTags: z.boolean().optional(),
  tags: tags.default({}),
});

export const submitJob: Operation = (body, service) => {
  const kibibytes = Math.ceil(Buffer.byteLength(JSON.stringify(body)) / 1024);
  if (kibibytes > largestRequest) {
    throw invalidRequest(`Job size must be less than ${largestRequest} KiB, got ${kibibytes} KiB`);
  }
  const request = parseRequest(submitRequest, body);
  const queue = jobQueueNamed(request.jobQueue, service);
  if (queue.state === "DISABLED") throw clientException(`JobQueue ${request.jobQueue} is disabled.`);
  const definition = activeDefinition(request.jobDefinition, service);
  const container = overridden(definition.containerProperties, request.containerOverrides);
  const vcpus = fargateVcpus(container.resourceRequirements);
  const jobId = randomUUID();
  const jobArn = service.arns.of("job", jobId);
  service.runner.submit({
    sequence: service.stores.jobs.nextSequence(),
    vcpus,
    overridesLength: JSON.stringify(request.containerOverrides).length,
    outbox: [],
    detail: {
      jobArn,
      jobId,
      jobName: request.jobName,
      jobQueue: queue.jobQueueArn,
      status: "SUBMITTED",
      attempts: [],
      createdAt: service.clock.now(),
      retryStrategy: request.retryStrategy ?? definition.retryStrategy ?? { attempts: 1, evaluateOnExit: [] },
      dependsOn: [],
      jobDefinition: definition.jobDefinitionArn,
      parameters: { ...definition.parameters, ...request.parameters },
      container: { ...container, networkInterfaces: [] },
      timeout: request.timeout ?? definition.timeout,
      tags: request.tags,
      propagateTags: request.propagateTags ?? definition.propagateTags ?? false,
      platformCapabilities: definition.platformCapabilities,
    },
  });
  return { jobArn, jobName: request.jobName, jobId };
};

type Container = JobDefinition["containerProperties"];

/** Variables and resources are overridden one by one, the command as a whole. */
function overridden(container: Container, overrides: z.output<typeof submitRequest>["containerOverrides"]): Container {
  const names = new Set(overrides.environment.map((variable) => variable.name));
  const types = new Set(overrides.resourceRequirements.map((requirement) => requirement.type));
  return {
    ...container,
    command: overrides.command ?? container.command,
    environment: [...container.environment.filter((variable) => !names.has(variable.name)), ...overrides.environment],
    resourceRequirements: [
      ...container.resourceRequirements.filter((requirement) => !types.has(requirement.type)),
      ...overrides.resourceRequirements,
    ],
  };
}
