import * as z from "zod";
import { connectorFrameworkApi } from "../../../handlers/connector-framework/contract/api.ts";
import { deletionChanges } from "../../../handlers/connector-framework/contract/deletion-stream.ts";
import { orchestratedChanges } from "../../../handlers/connector-framework/contract/job-stream.ts";
import type { Ids } from "../../../handlers/connector-framework/model/ids.ts";
import { isFinal } from "../../../handlers/connector-framework/model/job.ts";
import { RequestError } from "../../../handlers/runtime/errors.ts";
import { validConnector } from "../connector-framework.ts";
import { tableDefinitions, tables } from "../connector-framework-tables.ts";
import { lambdaContext } from "../rest-event.ts";
import { type BatchJob, isOver, memoryBatch } from "./batch/memory-batch.ts";
import { chance } from "./chance.ts";
import { type Change, memoryDynamoDb } from "./dynamodb/memory-dynamodb.ts";
import { type ExecutionEnvironment, executionEnvironment } from "./environment.ts";
import { batchEvents } from "./events.ts";
import { brokenEnd, brokenPromises, stored } from "./promises.ts";
import { stream } from "./stream.ts";
import { WireError } from "./wire-error.ts";
import { type Invocation, type Move, type Outcome, startWorld } from "./world.ts";

/** What a client asks for; `connector` and `job` pick one of those there are. */
export interface ClientCall {
  readonly call: "start" | "stop" | "release" | "update" | "delete" | "checkpoint";
  readonly connector: number;
}

/** Everything that is not the handlers' own doing. */
export interface History {
  readonly calls: readonly ClientCall[];
  readonly seed: number;
  /** How long chance has a say; after that, everything goes its quiet way. */
  readonly draws: number;
  /** Requests that meet a fault, at most. */
  readonly faults: number;
  /** Records and events that are delivered twice, at most. */
  readonly repetitions: number;
  /** Records and events that are never delivered, at most. */
  readonly losses: number;
  /** If the reconciler is there. What was lost for good, only it finds. */
  readonly reconciled: boolean;
  /** How far what is read eventually, lists and indexes, lags behind: not at all, as expected, or far more. */
  readonly lag: "none" | "usual" | "extreme";
}

/** Milliseconds until Batch's lists and descriptions tell of a change, and DynamoDB's indexes, at the longest. */
const longestLag = {
  none: { lists: 0, descriptions: 0, indexes: 0 },
  usual: { lists: 30_000, descriptions: 30_000, indexes: 3_000 },
  extreme: { lists: 300_000, descriptions: 30_000, indexes: 20_000 },
} as const;

/** Seconds the stack gives each function. */
const timeouts = { api: 29, orchestrator: 120, status: 60, deletion: 120, reconciler: 240 } as const;

/** Milliseconds after which the reconciler leaves nothing to others any more. */
const longestPatience = 700_000;

const caller = { accountId: "123456789012", requestId: "request" };

const registration = (changes: object) => {
  const { body } = connectorFrameworkApi.operations.CreateCustomConnector;
  const container_properties = { ...validConnector.container_properties, ...changes };
  return body.parse({ ...validConnector, container_properties });
};
const timeout = 604_800;
const registrations = [registration({ timeout }), registration({ timeout, attempts: 2, capacity: "SPOT" })] as const;

/** Environments that earlier histories made and that are none the worse for it: new ones cost time. */
const unused: ExecutionEnvironment[] = [];

/** One history of connectors and their jobs, from their registration to the end of every container. */
export function startHistory(history: History) {
  const draws = chance(history.seed, history.draws);
  const lag = (of: keyof typeof longestLag.none) => () => draws.below(longestLag[history.lag][of]);
  const now = () => Date.now();
  const names = { connector: 0, job: 0 };
  const hex = (number: number) => number.toString(16).padStart(12, "0");
  const ids: Ids = {
    connectorId: () => `cc-${hex(++names.connector)}`,
    jobId: () => `ccj-${hex(++names.job)}`,
  };
  const left = { repetitions: history.repetitions, losses: history.losses };
  /** At rest nothing goes wrong any more, and containers run on; at last they end. */
  let phase: "lively" | "resting" | "ending" = "lively";

  const dynamoDb = memoryDynamoDb({
    ...{ tables: tableDefinitions, now, onCommit },
    lag: lag("indexes"),
  });
  const batch = memoryBatch({
    now,
    lags: { lists: lag("lists"), descriptions: lag("descriptions") },
    onState,
  });
  const world = startWorld({
    chance: draws,
    services: { DynamoDB: dynamoDb.call, Batch: batch.call, Scheduler: noSchedules },
    moves,
    pauses: [100, 1_000, 5_000, 31_000, 61_000, ...(history.reconciled ? [301_000, longestPatience] : [])],
  });

  function onCommit(changes: readonly Change[]): void {
    const broken = [...changes.flatMap(brokenEnd), ...brokenPromises(stored(dynamoDb))];
    if (broken.length > 0) throw new Error(broken.join("; "));
    for (const change of changes) {
      if (change.table === tables.jobs) jobStream.add(change);
      if (change.table === tables.connectors) deletionStream.add(change);
    }
  }

  function onState(job: BatchJob): void {
    events.add(job);
    // While lists tell of what there is in time, nothing is submitted beside what is there already.
    const others = batch.jobs().filter((other) => other.jobName === job.jobName && other.jobId !== job.jobId);
    const beside = others.find((other) => !isOver(other) && !batch.isTerminated(other));
    if (beside && job.status === "SUBMITTED" && history.lag !== "extreme")
      throw new Error(`${job.jobName} is submitted as ${job.jobId} beside ${beside.jobId}`);
  }

  const idle: ExecutionEnvironment[] = [];

  /** Runs a function in an environment that is idle, or in a new one; one that was lost is never used again. */
  function invoke<Result>(
    name: string,
    seconds: number,
    work: (environment: ExecutionEnvironment) => Promise<Result>,
    done: (outcome: Outcome<Result>) => void,
  ): void {
    const environment = idle.pop() ?? unused.pop() ?? executionEnvironment();
    const run = (invocation: Invocation) => {
      environment.state.placement = { send: (request) => world.send(invocation, request), ids };
      return work(environment);
    };
    world.invoke(name, seconds, run, (outcome) => {
      if (!("lost" in outcome)) idle.push(environment);
      done(outcome);
    });
  }

  const withTime = (seconds: number) => {
    const deadline = now() + seconds * 1000;
    return { ...lambdaContext, getRemainingTimeInMillis: () => deadline - now() };
  };
  const jobStream = stream({
    ...{ name: "jobs", filter: orchestratedChanges, chance: draws },
    invoke: (Records, done) =>
      invoke(
        `orchestrator(${Records.map(({ dynamodb }) => dynamodb?.Keys?.job_id?.S?.slice(-2))})`,
        timeouts.orchestrator,
        ({ orchestrate }) => orchestrate({ Records }, withTime(timeouts.orchestrator)),
        done,
      ),
  });
  const deletionStream = stream({
    ...{ name: "connectors", filter: deletionChanges, chance: draws },
    invoke: (Records, done) =>
      invoke(
        "deletion",
        timeouts.deletion,
        ({ deleteLeftovers }) => deleteLeftovers({ Records }, withTime(timeouts.deletion)),
        done,
      ),
  });
  const events = batchEvents({
    chance: draws,
    giveUp: history.reconciled,
    invoke: (event, what, done) =>
      invoke(`status(${what})`, timeouts.status, ({ follow }) => follow(event, lambdaContext), done),
  });

  const connectorIds: string[] = [];
  const unexpected: string[] = [];
  const started: { readonly jobId: string; readonly connectorId: string }[] = [];
  const calls = [...history.calls];

  /** What a client may be told when nothing is wrong with the services. */
  function expectAnswer(name: string, outcome: Outcome<unknown>): void {
    const isFault = "error" in outcome && !(outcome.error instanceof RequestError);
    if (isFault && history.faults === 0) unexpected.push(`${name} failed: ${outcome.error}`);
  }

  function callApi<Result>(
    name: string,
    work: (api: ExecutionEnvironment["api"]) => Promise<Result>,
    done: (result: Result) => unknown = () => undefined,
  ): void {
    invoke(
      name,
      timeouts.api,
      ({ api }) => work(api),
      (outcome) => {
        expectAnswer(name, outcome);
        if ("result" in outcome) done(outcome.result);
      },
    );
  }

  function callOf({ call, connector }: ClientCall): void {
    const connector_id = connectorIds[connector % connectorIds.length] ?? "cc-000000000000";
    const held = stored(dynamoDb).connectors.find((known) => known.connector_id === connector_id)?.current_job_id;
    const last = started.findLast(({ connectorId }) => connectorId === connector_id)?.jobId;
    const job_id = held ?? last ?? "ccj-000000000000";
    const name = `${call} ${connector_id.slice(-2)}`;
    const operations: Readonly<Record<ClientCall["call"], () => void>> = {
      start: () =>
        callApi(
          name,
          (api) => api.StartCustomConnectorJob({ connector_id, environment: [] }, caller),
          ({ job }) => started.push({ jobId: job.job_id, connectorId: connector_id }),
        ),
      stop: () => callApi(name, (api) => api.StopCustomConnectorJob({ connector_id, job_id }, caller)),
      release: () => callApi(name, (api) => api.ReleaseCustomConnector({ connector_id }, caller)),
      update: () => callApi(name, (api) => api.UpdateCustomConnector({ connector_id, description: null }, caller)),
      delete: () => callApi(name, (api) => api.DeleteCustomConnector({ connector_id }, caller)),
      checkpoint: () =>
        callApi(name, (api) => api.PutCustomConnectorCheckpoint({ connector_id, checkpoint_data: "7" }, caller)),
    };
    operations[call]();
  }

  function containerMoves(): Move[] {
    return batch.jobs().flatMap((job) => {
      if (isOver(job)) return [];
      const { jobId, status } = job;
      const runs = status === "RUNNING" && !batch.isTerminated(job);
      const proceed = { what: `${jobId} goes on`, weight: 1, make: () => batch.proceed(jobId) };
      const exit = (code: number) => ({
        what: `${jobId} exits ${code}`,
        weight: 1,
        make: () => batch.exit(jobId, code),
      });
      if (phase === "lively") return [proceed, exit(0), exit(1)];
      if (runs) return phase === "ending" ? [exit(0)] : [];
      return [proceed];
    });
  }

  function moves(): Move[] {
    if (connectorIds.length === 0 && world.isAtWork("create")) return [];
    const usual = [...jobStream.moves(), ...events.moves(), ...deletionStream.moves()];
    if (phase !== "lively") return [...usual, ...containerMoves()];
    const next = calls[0];
    const call = (next: ClientCall): Move => ({
      what: "",
      weight: 3,
      make() {
        calls.shift();
        callOf(next);
        // Clients call at the same moment, too.
        const [another] = calls;
        if (another && draws.below(2) === 1) call(another).make();
      },
    });
    const limited = (kind: keyof typeof left, mishaps: () => readonly Move[]): Move[] =>
      left[kind] === 0
        ? []
        : mishaps().map((move) => ({
            ...move,
            make() {
              left[kind]--;
              move.make();
            },
          }));
    return [
      ...usual,
      ...(next ? [call(next)] : []),
      ...containerMoves(),
      ...(history.reconciled && !world.isAtWork("reconciler")
        ? [{ what: "", weight: 1, make: () => reconcile() }]
        : []),
      ...limited("repetitions", () => [...jobStream.repetitions(), ...events.repetitions()]),
      ...limited("losses", () => [...jobStream.mishaps(), ...events.mishaps()]),
    ];
  }

  async function step(): Promise<boolean> {
    const happened = await world.step();
    if (unexpected.length > 0) throw new Error(unexpected.join("; "));
    return happened;
  }

  /** @param done told if there was nothing to repair */
  function reconcile(done: (nothing: boolean) => void = () => undefined): void {
    const { getRemainingTimeInMillis } = withTime(timeouts.reconciler);
    invoke(
      "reconciler",
      timeouts.reconciler,
      (environment) => environment.reconcile(getRemainingTimeInMillis),
      (outcome) => done("result" in outcome && outcome.result.repairs.size === 0 && outcome.result.failures === 0),
    );
  }

  /** Nothing is left to happen, or, where it is reconciled, to repair. */
  async function comeToRest(): Promise<void> {
    await untilQuiet();
    let rests = !history.reconciled;
    for (let runs = 0; !rests; runs++) {
      if (runs > 12) throw new Error("there is always something to repair");
      await world.pass(longestPatience);
      let nothing = false;
      reconcile((none) => {
        nothing = none;
      });
      await untilQuiet();
      rests = nothing && stored(dynamoDb).deletions.length === 0;
    }
  }

  async function untilQuiet(): Promise<void> {
    for (let steps = 0; await step(); steps++) if (steps > 20_000) throw new Error("it does not come to rest");
  }

  /** Of Batch's containers only those run that a connector is held for, and every job that has not ended has one. */
  function expectContainersAtRest(): void {
    const { jobs } = stored(dynamoDb);
    const live = batch.jobs().filter((job) => !isOver(job));
    const carriedOut = jobs.filter(({ status }) => !isFinal(status));
    expect(
      live.map(({ jobName, jobId }) => ({ job: jobName, batchJob: jobId, status: "RUNNING" })).sort(byJob),
    ).toEqual(
      carriedOut
        .map(({ job_id, batch_job_id, status }) => ({ job: job_id, batchJob: batch_job_id, status }))
        .sort(byJob),
    );
  }

  function expectEverythingEnded(): void {
    const { jobs, connectors, usage } = stored(dynamoDb);
    for (const { job_id, status } of jobs)
      expect({ job_id, isFinal: isFinal(status) }).toEqual({ job_id, isFinal: true });
    for (const { connector_id, status } of connectors)
      expect({ connector_id, status }).toEqual({ connector_id, status: "AVAILABLE" });
    expect(usage.jobs).toBe(0);
    const kept = new Set(jobs.map(({ job_id }) => job_id));
    const there = new Set(connectors.map(({ connector_id }) => connector_id));
    expect(started.filter(({ jobId, connectorId }) => there.has(connectorId) && !kept.has(jobId))).toEqual([]);
    if (history.faults === 0) expect(batch.activeDefinitions()).toEqual([]);
  }

  return {
    world,

    /** Lives through it; throws what broke, with all that had happened. */
    async live(): Promise<void> {
      try {
        for (const registration of registrations)
          callApi(
            "create",
            (api) => api.CreateCustomConnector(registration, caller),
            ({ connector }) => void connectorIds.push(connector.connector_id),
          );
        while (world.isAtWork("create")) await step();
        world.trouble(history.faults);
        while (calls.length > 0) if (!(await step())) throw new Error("nothing can happen");
        for (let steps = 0; steps < history.draws / 8; steps++) await step();
        phase = "resting";
        world.calm();
        await comeToRest();
        expectContainersAtRest();
        phase = "ending";
        await comeToRest();
        expectEverythingEnded();
        unused.push(...idle.filter(({ state }) => state.isAsNew));
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : error}\n${world.trace.join("\n")}`, {
          cause: error,
        });
      }
    },
  };
}

const byJob = (a: { readonly job: string }, b: { readonly job: string }) => (a.job < b.job ? -1 : 1);

/** No connector here has a schedule. */
function noSchedules(operation: string): object {
  if (operation !== "DELETE") throw new Error(`${operation} of a schedule is not known here`);
  throw new WireError(404, "ResourceNotFoundException", "Schedule does not exist.");
}

export const callNames = z.enum(["start", "stop", "release", "update", "delete", "checkpoint"]);
