import * as z from "zod";
import { tags } from "../container.ts";
import { clientException, invalidRequest } from "../errors.ts";
import type { ComputeEnvironment } from "../model.ts";
import { pageOf } from "../page.ts";
import { parseRequest } from "../parse-request.ts";
import type { Operation, Service } from "../service.ts";
import { name, paging } from "./names.ts";

const state = z.enum(["ENABLED", "DISABLED"]);
const maxvCpus = z.int().min(1);

const createRequest = z.strictObject({
  computeEnvironmentName: name("Compute environment name"),
  type: z.literal("MANAGED", { error: "the local Batch has MANAGED compute environments only" }),
  state: state.default("ENABLED"),
  serviceRole: z.string().optional(),
  computeResources: z.strictObject({
    type: z.enum(["FARGATE", "FARGATE_SPOT"], { error: "the local Batch has FARGATE and FARGATE_SPOT only" }),
    maxvCpus,
    subnets: z.array(z.string()).min(1),
    securityGroupIds: z.array(z.string()).min(1).max(5),
  }),
  tags: tags.default({}),
});

export const createComputeEnvironment: Operation = (body, { arns, stores: { computeEnvironments } }) => {
  const { type: _, ...request } = parseRequest(createRequest, body);
  const { computeEnvironmentName } = request;
  if (computeEnvironments.get(computeEnvironmentName) !== undefined) throw invalidRequest("Object already exists");
  const computeEnvironmentArn = arns.of("compute-environment", computeEnvironmentName);
  computeEnvironments.put({ sequence: computeEnvironments.nextSequence(), computeEnvironmentArn, ...request });
  return { computeEnvironmentName, computeEnvironmentArn };
};

const updateRequest = z.strictObject({
  computeEnvironment: z.string(),
  state: state.optional(),
  serviceRole: z.string().optional(),
  computeResources: createRequest.shape.computeResources.omit({ type: true }).partial().optional(),
});

export const updateComputeEnvironment: Operation = (body, service) => {
  const request = parseRequest(updateRequest, body);
  const before = computeEnvironmentNamed(request.computeEnvironment, service);
  const { maxvCpus, subnets, securityGroupIds } = request.computeResources ?? {};
  const after: ComputeEnvironment = {
    ...before,
    state: request.state ?? before.state,
    serviceRole: request.serviceRole ?? before.serviceRole,
    computeResources: {
      type: before.computeResources.type,
      maxvCpus: maxvCpus ?? before.computeResources.maxvCpus,
      subnets: subnets ?? before.computeResources.subnets,
      securityGroupIds: securityGroupIds ?? before.computeResources.securityGroupIds,
    },
  };
  service.stores.computeEnvironments.put(after);
  service.runner.schedule();
  const { computeEnvironmentName, computeEnvironmentArn } = after;
  return { computeEnvironmentName, computeEnvironmentArn };
};

const describeRequest = z.strictObject({ computeEnvironments: z.array(z.string()).max(100).optional(), ...paging });

export const describeComputeEnvironments: Operation = (body, { arns, stores }) => {
  const { computeEnvironments, maxResults, nextToken } = parseRequest(describeRequest, body);
  const names = computeEnvironments?.map((nameOrArn) => arns.idIn("compute-environment", nameOrArn));
  const found = stores.computeEnvironments
    .all()
    .filter((environment) => names === undefined || names.includes(environment.computeEnvironmentName));
  const page = pageOf(found, { limit: maxResults, nextToken });
  return { computeEnvironments: page.items.map(describe), nextToken: page.nextToken };
};

/** Throws a ClientException when there is none. */
export function computeEnvironmentNamed(nameOrArn: string, { arns, stores }: Service): ComputeEnvironment {
  const found = stores.computeEnvironments.get(arns.idIn("compute-environment", nameOrArn) ?? "");
  if (found === undefined) throw clientException(`${nameOrArn} does not exist`);
  return found;
}

function describe({ sequence: _, ...environment }: ComputeEnvironment): object {
  return {
    ...environment,
    type: "MANAGED",
    status: "VALID",
    statusReason: "ComputeEnvironment Healthy",
    containerOrchestrationType: "ECS",
  };
}
