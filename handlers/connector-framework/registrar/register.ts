import type { Caller } from "../../runtime/api/rest-handler.ts";
import { parseInput } from "../../runtime/api/validation.ts";
import { type ErrorCode, RequestError } from "../../runtime/errors.ts";
import type { Logger } from "../../runtime/logger.ts";
import type { Dependencies as ApiDependencies } from "../api/dependencies.ts";
import type { InputOf } from "../api/operation-types.ts";
import { operations } from "../api/operations.ts";
import { connectorOf } from "../api/scope.ts";
import { connectorFrameworkApi } from "../contract/api.ts";
import type { Deletions } from "../store/deletions.ts";
import type { Registration } from "./registration.ts";

export interface Dependencies {
  /** What the API's operations need. Ids are the stack's. */
  readonly api: Omit<ApiDependencies, "ids">;
  readonly deletions: Pick<Deletions, "find" | "continueLater">;
  readonly logger: Logger;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds until Lambda ends this invocation. */
  readonly remainingMilliseconds: () => number;
}

/** Milliseconds between two looks at something that takes its time. */
const lookAgainAfter = 5000;

/** Milliseconds an invocation keeps to say why it gave up. */
const timeToSayWhy = 15_000;

const { CreateCustomConnector, PutCustomConnectorSchedule } = connectorFrameworkApi.operations;

/** Registers and removes a stack's connectors, by the operations of the API. Every call may be repeated. */
export function registrar(deps: Dependencies, caller: Caller) {
  /** The operations, where the next connector that is created has this id. */
  const apiFor = (connectorId: string) =>
    operations({
      ...deps.api,
      ids: {
        connectorId: () => connectorId,
        jobId: () => {
          throw new Error("no job is started here");
        },
      },
    });

  /**
   * Makes the connector what the stack wants, whether or not it is there.
   *
   * @param previous what the stack wanted before
   * @throws RequestError `BadRequest` naming every rule that is broken, before anything is done; `LimitExceeded`
   */
  async function register(wanted: Registration, previous?: Registration | null): Promise<void> {
    const { connector_id } = wanted;
    const connector = parseInput(CreateCustomConnector, bodyOf(wanted.connector));
    const schedule = wanted.schedule && parseInput(PutCustomConnectorSchedule, bodyOf(wanted.schedule, connector_id));
    const api = apiFor(connector_id);

    const change = () => found(() => api.UpdateCustomConnector(changeTo(connector_id, connector), caller));
    while (!(await change())) {
      await leftoversGone(connector_id);
      if (await unless("Conflict", () => api.CreateCustomConnector(connector, caller))) break;
      // A retry of the same invocation was faster, or the connector has just been removed once more.
      if (!(await waited())) throw new Error(`connector ${connector_id} keeps changing: try again later`);
    }

    if (schedule) await putSchedule(schedule);
    else if (previous?.schedule) await found(() => api.DeleteCustomConnectorSchedule({ connector_id }, caller));
    if (previous && previous.connector_id !== connector_id) await remove(previous);
  }

  /** What was paused by hand stays paused: a deployment is no reason to go on. */
  async function putSchedule(schedule: InputOf<"PutCustomConnectorSchedule">): Promise<void> {
    const { connector_id } = schedule;
    const api = apiFor(connector_id);
    const present = await found(() => api.GetCustomConnectorSchedule({ connector_id }, caller));
    const state = present?.answer.schedule.state === "PAUSED" ? "PAUSED" : schedule.state;
    await api.PutCustomConnectorSchedule({ ...schedule, state }, caller);
  }

  /**
   * Removes the connector, if it is there. A job that holds it is stopped, and waited for.
   *
   * @throws Error when the job has not ended in time; trying again goes on where this ended
   */
  async function remove({ connector_id }: Pick<Registration, "connector_id">): Promise<void> {
    const api = apiFor(connector_id);
    const connector = { connector_id };
    await found(() => api.DeleteCustomConnectorSchedule(connector, caller));
    for (;;) {
      const gone = await unless("Conflict", () => found(() => api.DeleteCustomConnector(connector, caller)));
      if (gone) return;
      const job_id = (await found(() => api.GetCustomConnector(connector, caller)))?.answer.connector.current_job_id;
      if (job_id) {
        deps.logger.info("waits for a job to stop", { job_id });
        // One that has ended meanwhile is as good as stopped.
        await unless("Conflict", () => found(() => api.StopCustomConnectorJob({ ...connector, job_id }, caller)));
      }
      if (!(await waited()))
        throw new Error(`connector ${connector_id} is held by job ${job_id}, which was told to stop: try again later`);
    }
  }

  /**
   * A connector of this id may have been removed just now: what it left behind is deleted by its id, and would take the
   * new connector's with it.
   */
  async function leftoversGone(connectorId: string): Promise<void> {
    const ref = connectorOf(deps.api, caller, connectorId);
    while (await deps.deletions.find(ref)) {
      deps.logger.info("waits for what the connector before left behind to be deleted");
      // The deletion looks once more when nobody can write any more, and is not told by itself when that is.
      await deps.deletions.continueLater(ref, deps.api.clock());
      if (!(await waited()))
        throw new Error(`what connector ${connectorId} left behind is still being deleted: try again later`);
    }
  }

  /** Waits for a moment; false when the invocation has no time for that. */
  async function waited(): Promise<boolean> {
    if (deps.remainingMilliseconds() < timeToSayWhy + lookAgainAfter) return false;
    await deps.sleep(lookAgainAfter);
    return true;
  }

  return { register, remove };
}

/** The parts of a request that has a body, as the API's rules take them. */
const bodyOf = (body: object, connector_id?: string) => ({
  parameters: connector_id === undefined ? {} : { connector_id },
  query: {},
  body: JSON.stringify(body),
});

/** The change that makes a connector what it would be had it been created so. */
function changeTo(
  connector_id: string,
  { name, description, container_properties }: InputOf<"CreateCustomConnector">,
): InputOf<"UpdateCustomConnector"> {
  const { ephemeral_storage = null, log_stream_prefix = null } = container_properties;
  return {
    connector_id,
    name,
    description: description ?? null,
    container_properties: { ...container_properties, ephemeral_storage, log_stream_prefix },
  };
}

/** What a call answered; undefined when it was refused for this reason. */
async function unless<Result>(
  code: ErrorCode,
  call: () => Promise<Result>,
): Promise<{ readonly answer: Result } | undefined> {
  try {
    return { answer: await call() };
  } catch (error) {
    if (error instanceof RequestError && error.code === code) return undefined;
    throw error;
  }
}

/** What a call answered; undefined when what it is about is not there. */
const found = <Result>(call: () => Promise<Result>) => unless("NotFound", call);
