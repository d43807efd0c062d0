import { badRequest } from "../../../runtime/errors.ts";
import { fargateSizeProblem } from "../../contract/fargate-sizes.ts";
import type { ContainerProperties } from "../../model/connector.ts";
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
>;

export const connectorOperations = (deps: Dependencies): ConnectorOperations => {
  const { connectors } = deps.stores;
  return {
    async CreateCustomConnector({ name, description, container_properties }, caller) {
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
        (present) => ({
          name,
          description,
          container_properties: container_properties && merge(present.container_properties, container_properties),
        }),
        deps.clock(),
      );
      return { connector: connectorSummary(changed) };
    },

    async DeleteCustomConnector({ connector_id }, caller) {
      await connectors.remove(connectorOf(deps, caller, connector_id));
      return undefined;
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
  };
}
