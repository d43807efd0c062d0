import { badRequest, conflict } from "../../../runtime/errors.ts";
import { fargateSizeProblem } from "../../contract/fargate-sizes.ts";
import { notAllowed } from "../../model/allow-list.ts";
import type { ContainerProperties } from "../../model/connector.ts";
import { isFinal, type Job } from "../../model/job.ts";
import type { Ending } from "../../store/job-progress.ts";
import { connectorDescription, connectorSummary } from "../answers.ts";
import type { Dependencies } from "../dependencies.ts";
import type { ConnectorFrameworkOperations, InputOf } from "../operation-types.ts";
import { connectorOf, tenantOfCaller } from "../scope.ts";

type ConnectorOperations = Pick<
  ConnectorFrameworkOperations,
  | "CreateCustomConnector"
  | "ListCustomConnectors"
  | "GetCustomConnector"
  | "UpdateCustomConnector"
  | "DeleteCustomConnector"
  | "ReleaseCustomConnector"
>;

export const connectorOperations = (deps: Dependencies): ConnectorOperations => {
  const { connectors, jobs, progress } = deps.stores;

  /** @throws RequestError `BadRequest` naming what the stage does not let connectors name */
  function mustBeAllowed(container: ContainerProperties): void {
    const problems = notAllowed(deps.allowed, container);
    if (problems.length > 0) throw badRequest(problems.map((one) => `container_properties.${one}`).join("; "));
  }

  return {
    async CreateCustomConnector({ name, description, container_properties }, caller) {
      mustBeAllowed(container_properties);
      const ref = { tenant: tenantOfCaller(deps, caller), connectorId: deps.ids.connectorId() };
      const registration = { name, description: description ?? undefined, container_properties };
      return { connector: connectorSummary(await connectors.create(ref, registration, deps.clock())) };
    },

    async ListCustomConnectors({ max_results, next_token }, caller) {
      const page = await connectors.list(tenantOfCaller(deps, caller), { limit: max_results, token: next_token });
      return { connectors: page.items.map(connectorSummary), next_token: page.nextToken };
    },

    async GetCustomConnector({ connector_id }, caller) {
      return { connector: connectorDescription(await connectors.get(connectorOf(deps, caller, connector_id))) };
    },

    async UpdateCustomConnector({ connector_id, name, description, container_properties }, caller) {
      const changed = await connectors.update(
        connectorOf(deps, caller, connector_id),
        (present) => {
          const merged = container_properties && merge(present.container_properties, container_properties);
          if (merged) mustBeAllowed(merged);
          return { name, description, container_properties: merged };
        },
        deps.clock(),
      );
      return { connector: connectorSummary(changed) };
    },

    async DeleteCustomConnector({ connector_id }, caller) {
      await connectors.remove(connectorOf(deps, caller, connector_id), deps.clock());
      return undefined;
    },

    async ReleaseCustomConnector({ connector_id }, caller) {
      const ref = connectorOf(deps, caller, connector_id);
      const held = await connectors.get(ref);
      const jobId = held.current_job_id;
      if (jobId === undefined) return { connector: connectorSummary(held) };
      const now = deps.clock();
      const job = await jobs.find({ tenant: ref.tenant, jobId });
      if (job && !isFinal(job.status) && job.status !== "STOPPING")
        throw conflict(`job ${jobId} is ${job.status}: stop it first`);
      const released: Ending = { status: "STOPPED", released_at: now.toISOString() };
      const stopping = ({ status }: Job) => (status === "STOPPING" ? released : undefined);
      if (!(await progress.end({ tenant: ref.tenant, jobId }, stopping, now))) await progress.free(ref, jobId, now);
      return { connector: connectorSummary(await connectors.get(ref)) };
    },
  };
};

type ContainerPropertiesChange = NonNullable<InputOf<"UpdateCustomConnector">["container_properties"]>;

/**
 * The present properties with those that the change names.
 *
 * @throws RequestError `BadRequest` when the size that comes of it is none of Fargate's
 */
function merge(present: ContainerProperties, change: ContainerPropertiesChange): ContainerProperties {
  const { cpu, memory } = present.resource_requirements;
  const size = {
    cpu: change.resource_requirements?.cpu ?? cpu,
    memory: change.resource_requirements?.memory ?? memory,
  };
  const problem = fargateSizeProblem(size.cpu, size.memory);
  if (problem) throw badRequest(`container_properties.resource_requirements.${problem.field}: ${problem.message}`);
  return {
    execution_role_arn: change.execution_role_arn ?? present.execution_role_arn,
    image_uri: change.image_uri ?? present.image_uri,
    job_role_arn: change.job_role_arn ?? present.job_role_arn,
    resource_requirements: size,
    timeout: change.timeout ?? present.timeout,
    attempts: change.attempts ?? present.attempts,
    capacity: change.capacity ?? present.capacity,
    cpu_architecture: change.cpu_architecture ?? present.cpu_architecture,
    ephemeral_storage: unlessTakenBack(change.ephemeral_storage, present.ephemeral_storage),
    log_stream_prefix: unlessTakenBack(change.log_stream_prefix, present.log_stream_prefix),
    secrets: change.secrets ?? present.secrets,
  };
}

/** A change may set a member, take it back with null, or leave it as it is. */
const unlessTakenBack = <Value>(change: Value | null | undefined, present: Value | undefined): Value | undefined =>
  change === null ? undefined : (change ?? present);
