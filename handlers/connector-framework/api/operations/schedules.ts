import type { Caller } from "../../../runtime/api/rest-handler.ts";
import { notFound } from "../../../runtime/errors.ts";
import type { Schedule } from "../../schedules/schedules.ts";
import type { Dependencies } from "../dependencies.ts";
import type { ConnectorFrameworkOperations } from "../operation-types.ts";
import { connectorOf } from "../scope.ts";
import { mustNotHideSecrets } from "../secrets.ts";

type ScheduleOperations = Pick<
  ConnectorFrameworkOperations,
  | "PutCustomConnectorSchedule"
  | "GetCustomConnectorSchedule"
  | "DeleteCustomConnectorSchedule"
  | "PauseCustomConnectorSchedule"
  | "ResumeCustomConnectorSchedule"
>;

const noSchedule = (connectorId: string) => notFound(`connector ${connectorId} has no schedule`);

export const scheduleOperations = (deps: Dependencies): ScheduleOperations => {
  const { connectors, schedules } = deps.stores;

  async function setState(connector_id: string, state: Schedule["state"], caller: Caller) {
    const connector = connectorOf(deps, caller, connector_id);
    await connectors.mustExist(connector);
    const schedule = await schedules.setState(connector, state);
    if (!schedule) throw noSchedule(connector_id);
    return { schedule: { connector_id, ...schedule } };
  }

  return {
    async PutCustomConnectorSchedule({ connector_id, ...schedule }, caller) {
      const connector = connectorOf(deps, caller, connector_id);
      mustNotHideSecrets(schedule.environment, await connectors.get(connector));
      await schedules.put(connector, schedule);
      return { schedule: { connector_id, ...schedule } };
    },

    async GetCustomConnectorSchedule({ connector_id }, caller) {
      const connector = connectorOf(deps, caller, connector_id);
      await connectors.mustExist(connector);
      const schedule = await schedules.find(connector);
      if (!schedule) throw noSchedule(connector_id);
      return { schedule: { connector_id, ...schedule } };
    },

    async DeleteCustomConnectorSchedule({ connector_id }, caller) {
      const connector = connectorOf(deps, caller, connector_id);
      await connectors.mustExist(connector);
      if (!(await schedules.remove(connector))) throw noSchedule(connector_id);
      return undefined;
    },

    PauseCustomConnectorSchedule: ({ connector_id }, caller) => setState(connector_id, "PAUSED", caller),

    ResumeCustomConnectorSchedule: ({ connector_id }, caller) => setState(connector_id, "ENABLED", caller),
  };
};
