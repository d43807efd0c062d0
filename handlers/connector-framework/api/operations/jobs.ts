import { jobDescription, jobStarted } from "../answers.ts";
import type { Dependencies } from "../dependencies.ts";
import type { ConnectorFrameworkOperations } from "../operation-types.ts";
import { connectorOf } from "../scope.ts";
import { mustNotHideSecrets } from "../secrets.ts";

type JobOperations = Pick<
  ConnectorFrameworkOperations,
  "StartCustomConnectorJob" | "GetCustomConnectorJob" | "ListCustomConnectorJobs" | "StopCustomConnectorJob"
>;

export const jobOperations = (deps: Dependencies): JobOperations => {
  const { connectors, jobs } = deps.stores;
  return {
    async StartCustomConnectorJob({ connector_id, environment }, caller) {
      const connector = connectorOf(deps, caller, connector_id);
      if (environment.length > 0) mustNotHideSecrets(environment, await connectors.get(connector));
      const job = await jobs.start({ connector, jobId: deps.ids.jobId(), environment }, deps.clock());
      return { job: jobStarted(job) };
    },

    async GetCustomConnectorJob({ connector_id, job_id }, caller) {
      return { job: jobDescription(await jobs.get(connectorOf(deps, caller, connector_id), job_id)) };
    },

    async ListCustomConnectorJobs({ connector_id, max_results, next_token, status }, caller) {
      const connector = connectorOf(deps, caller, connector_id);
      await connectors.mustExist(connector);
      const page = await jobs.list(connector, { limit: max_results, token: next_token, status });
      return { jobs: page.items.map(jobDescription), next_token: page.nextToken };
    },

    async StopCustomConnectorJob({ connector_id, job_id }, caller) {
      const connector = connectorOf(deps, caller, connector_id);
      await connectors.mustExist(connector);
      await jobs.requestStop(connector, job_id, deps.clock());
      return undefined;
    },
  };
};
