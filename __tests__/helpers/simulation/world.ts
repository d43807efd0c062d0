import type { HttpResponse } from "@smithy/protocol-http";
import type { Chance } from "./chance.ts";
import { answer, errorAnswer, type Request, type ServiceName } from "./wire.ts";
import { WireError } from "./wire-error.ts";

/** Something that may happen next. */
export interface Move {
  readonly what: string;
  /** How likely it is beside others. */
  readonly weight: number;
  make(): void;
}

/** Carries out a request at once. @throws WireError as the service would answer */
export type Service = (operation: string, body: unknown) => object;

export interface WorldOptions {
  readonly chance: Chance;
  readonly services: Readonly<Record<ServiceName, Service>>;
  /** What may happen besides answers to requests, the likeliest of a quiet day first. */
  readonly moves: () => readonly Move[];
  /** Milliseconds that may pass at once though something could happen. */
  readonly pauses: readonly number[];
}

/** A function at work, from its event to its result. */
export interface Invocation {
  readonly name: string;
  /** Nothing it sends arrives any more, and no answer reaches it. */
  lost: boolean;
  readonly lose: () => void;
}

/** A request under way. */
interface Flight {
  readonly request: Request;
  readonly invocation: Invocation;
  readonly answered: (response: HttpResponse) => void;
  /** When its client waits no longer. */
  readonly givesUpAt: number;
  /** Set once the service has carried it out. */
  response?: HttpResponse;
  /** Its client does not wait any more, or never hears of it. */
  deaf: boolean;
  /** It is held up: it arrives late or never. */
  stuck: boolean;
}

/** How an invocation came out; nothing is known of one that was lost. */
export type Outcome<Result> = { readonly result: Result } | { readonly error: unknown } | { readonly lost: true };

/** Milliseconds an SDK client waits for an answer, as `handlers/runtime/aws-clients.ts` has it. */
const patience = { DynamoDB: 3_000, Batch: 10_000, Scheduler: 3_000 } as const;

/** Milliseconds after which what no one waits for any more has arrived or never does. */
const stillArrivesFor = 2_000;

/** Milliseconds time goes on by itself with each thing that happens. */
const tick = 1;

/**
 * Functions at work in virtual time, whose every request to a service waits until it is its turn: what happens between
 * any two of them, and what becomes of each, is for chance to say. Needs jest's fake timers, without `setImmediate`.
 */
export function startWorld({ chance, services, moves, pauses }: WorldOptions) {
  const flights: Flight[] = [];
  const invocations = new Set<Invocation>();
  const trace: string[] = [];
  let faultsLeft = 0;

  const note = (what: string) => void trace.push(`${(Date.now() % 10_000_000) / 1000} ${what}`);

  const drop = (flight: Flight) => {
    const at = flights.indexOf(flight);
    if (at >= 0) flights.splice(at, 1);
  };

  function send(invocation: Invocation, request: Request): Promise<HttpResponse> {
    return new Promise((answered, failed) => {
      if (invocation.lost) return;
      const waiting = setTimeout(() => {
        flight.deaf = true;
        setTimeout(() => drop(flight), stillArrivesFor);
        if (invocation.lost) return;
        note(`${nameOf(flight)} is not answered in time`);
        failed(Object.assign(new Error("no answer in time"), { name: "TimeoutError" }));
      }, patience[request.service]);
      const flight: Flight = {
        ...{ request, invocation, deaf: false, stuck: false },
        givesUpAt: Date.now() + patience[request.service],
        answered: (response) => {
          clearTimeout(waiting);
          answered(response);
        },
      };
      flights.push(flight);
    });
  }

  const nameOf = ({ request, invocation }: Flight) => `${invocation.name}: ${request.operation}`;

  function carryOut(flight: Flight): HttpResponse {
    const { service, operation, body } = flight.request;
    try {
      flight.response = answer(services[service](operation, body));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      flight.response = errorAnswer(error);
      note(`${nameOf(flight)} is answered ${error.type}`);
    }
    return flight.response;
  }

  function reply(flight: Flight, response: HttpResponse): void {
    drop(flight);
    if (!flight.deaf && !flight.invocation.lost) flight.answered(response);
  }

  const refuse = (flight: Flight, error: WireError) => reply(flight, errorAnswer(error));
  const faultOf: Readonly<Record<string, (flight: Flight) => void>> = {
    "is throttled": (flight) => refuse(flight, throttled[flight.request.service]),
    fails: (flight) => refuse(flight, failure[flight.request.service]),
    "fails after it was carried out": (flight) => {
      carryOut(flight);
      refuse(flight, failure[flight.request.service]);
    },
    "meets another": (flight) => refuse(flight, contention(flight.request)),
    "is refused": (flight) => refuse(flight, refusal[flight.request.service]),
    "is lost": drop,
    "loses its answer": (flight) => {
      carryOut(flight);
      drop(flight);
    },
    "is held up": (flight) => {
      flight.stuck = true;
    },
    "is held up and outlives its sender": (flight) => {
      flight.stuck = true;
      flight.invocation.lose();
    },
    "is its sender's last": (flight) => {
      carryOut(flight);
      drop(flight);
      flight.invocation.lose();
    },
  };
  const faultNames = Object.keys(faultOf);

  function movesOf(flight: Flight): Move[] {
    const { response } = flight;
    if (response) return [{ what: `${nameOf(flight)} is answered`, weight: 4, make: () => reply(flight, response) }];
    const arrive: Move = {
      what: `${nameOf(flight)}${flight.invocation.lost ? " outlived its sender" : ""}`,
      weight: flight.stuck ? 1 : 4,
      make() {
        const carriedOut = carryOut(flight);
        // Now and then something else happens between a request's effect and its answer.
        if (flight.invocation.lost || flight.deaf) drop(flight);
        else if (chance.below(4) === 0) reply(flight, carriedOut);
      },
    };
    if (flight.stuck || faultsLeft === 0) return [arrive];
    const fault: Move = {
      what: "",
      weight: flight.request.operation === "submitjob" ? 4 : 1,
      make() {
        faultsLeft--;
        const name = faultNames[chance.below(faultNames.length)] ?? "fails";
        note(`${nameOf(flight)} ${name}`);
        faultOf[name]?.(flight);
      },
    };
    return [arrive, fault];
  }

  /** Lets so much time pass; timers go off in their order, each before the next. */
  async function pass(milliseconds: number): Promise<void> {
    const until = Date.now() + milliseconds;
    setTimeout(() => undefined, milliseconds);
    while (Date.now() < until) {
      jest.advanceTimersToNextTimer();
      await settled();
    }
  }

  return {
    trace,
    send,
    note,

    /** Sends a function to work; `seconds` after, it is lost if it has not ended. */
    invoke<Result>(
      name: string,
      seconds: number,
      work: (invocation: Invocation) => Promise<Result>,
      done: (outcome: Outcome<Result>) => void,
    ): void {
      const end = (outcome: Outcome<Result>) => {
        if (!invocations.delete(invocation)) return;
        clearTimeout(limit);
        note(`${name} ${"lost" in outcome ? "is lost" : "error" in outcome ? `fails: ${outcome.error}` : "ends"}`);
        done(outcome);
      };
      const invocation: Invocation = {
        name,
        lost: false,
        lose() {
          invocation.lost = true;
          end({ lost: true });
        },
      };
      const limit = setTimeout(invocation.lose, seconds * 1000);
      invocations.add(invocation);
      work(invocation).then(
        (result) => end({ result }),
        (error: unknown) => end({ error }),
      );
    },

    isAtWork: (name: string): boolean => [...invocations].some((invocation) => invocation.name.startsWith(name)),

    /** From now on so many requests meet a fault, at most. */
    trouble(faults: number): void {
      faultsLeft = faults;
    },

    /** No request meets a fault any more, and none is held up. */
    calm(): void {
      faultsLeft = 0;
      for (const flight of flights) flight.stuck = false;
    },

    /** One thing happens. @returns false when nothing can, however long one waits */
    async step(): Promise<boolean> {
      await settled();
      const possible = [...flights.flatMap(movesOf), ...moves()];
      const total = possible.reduce((sum, { weight }) => sum + weight, 0);
      const waitable = invocations.size > 0 || jest.getTimerCount() > 0;
      if (total === 0) {
        if (!waitable) return false;
        if (jest.getTimerCount() === 0) throw new Error(`a function waits for nothing:\n${trace.join("\n")}`);
        jest.advanceTimersToNextTimer();
        await settled();
        return true;
      }
      let drawn = chance.below(total + 1);
      const move = possible.find(({ weight }) => {
        drawn -= weight;
        return drawn < 0;
      });
      if (move) {
        if (move.what !== "") note(move.what);
        move.make();
        jest.advanceTimersByTime(tick);
        await settled();
      } else {
        const pause = pauses[chance.below(pauses.length)] ?? tick;
        // To keep a client waiting until it gives up is a fault like others.
        const givesUp = flights.some(
          ({ stuck, deaf, givesUpAt }) => !stuck && !deaf && givesUpAt <= Date.now() + pause,
        );
        if (givesUp && faultsLeft === 0) return true;
        if (givesUp) faultsLeft--;
        note(`${pause} ms pass`);
        await pass(pause);
      }
      return true;
    },

    pass,
  };
}

export type World = ReturnType<typeof startWorld>;

/** All that code does without waiting for an answer or a timer is done. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const throttled = {
  DynamoDB: new WireError(400, "ThrottlingException", "Rate of requests exceeds the allowed throughput."),
  Batch: new WireError(429, "TooManyRequestsException", "Too Many Requests"),
  Scheduler: new WireError(429, "ThrottlingException", "Rate exceeded"),
} as const;

const failure = {
  DynamoDB: new WireError(500, "InternalServerError", "Internal server error"),
  Batch: new WireError(500, "ServerException", "Internal server error"),
  Scheduler: new WireError(500, "InternalServerException", "Internal server error"),
} as const;

const refusal = {
  ...throttled,
  Batch: new WireError(400, "ClientException", "Not like this"),
} as const;

/** What DynamoDB says of a write that meets another one on the same item. */
function contention({ service, operation }: Request): WireError {
  const reasons = { CancellationReasons: [{ Code: "TransactionConflict", Message: "Transaction is ongoing" }] };
  if (operation === "TransactWriteItems")
    return new WireError(400, "TransactionCanceledException", "Transaction cancelled", reasons);
  if (operation === "UpdateItem" || operation === "PutItem" || operation === "DeleteItem")
    return new WireError(400, "TransactionConflictException", "Transaction is ongoing for the item");
  return throttled[service];
}
