import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { GetScheduleCommandOutput } from "@aws-sdk/client-scheduler";
import * as z from "zod";

/** What may go wrong with one call. */
export type SchedulerFault =
  | { readonly refuse: { readonly status: number; readonly type: string; readonly message: string } }
  /** Scheduler carries it out, the client never hears of it. */
  | { readonly loseAnswer: true }
  /** Something else happens before Scheduler gets it. */
  | { readonly delayed: () => Promise<void> };

const calls = { POST: "create", GET: "get", PUT: "update", DELETE: "delete" } as const;
type Call = (typeof calls)[keyof typeof calls];

const written = z.looseObject({ GroupName: z.string(), ClientToken: z.string().min(1) });
type Kept = z.output<typeof written> & Partial<GetScheduleCommandOutput>;

/** A stand-in for EventBridge Scheduler's wire protocol whose answers a test can script, call by call. */
export async function startScriptedScheduler() {
  const schedules = new Map<string, Kept>();
  const heard: Call[] = [];
  const faults = new Map<Call, SchedulerFault[]>();

  function carryOut(call: Call, name: string, query: URLSearchParams, body: string): object {
    const present = schedules.get(name);
    if (call === "get" || call === "delete") {
      if (!present || present.GroupName !== query.get("groupName")) throw missing(name);
      if (call === "delete") schedules.delete(name);
      const { ClientToken: _, ...described } = present;
      return call === "get"
        ? { ...described, Name: name, Arn: `arn:${name}`, CreationDate: 1, LastModificationDate: 1 }
        : {};
    }
    const schedule = written.parse(JSON.parse(body));
    if (call === "update" && !present) throw missing(name);
    if (call === "create" && present && present.ClientToken !== schedule.ClientToken)
      throw new Refused(409, "ConflictException", `Schedule ${name} already exists.`);
    schedules.set(name, schedule);
    return { ScheduleArn: `arn:${name}` };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://scheduler");
    const call = calls[z.enum(["POST", "GET", "PUT", "DELETE"]).parse(request.method)];
    heard.push(call);
    const fault = faults.get(call)?.shift();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (fault && "delayed" in fault) await fault.delayed();
    if (fault && "refuse" in fault) throw new Refused(fault.refuse.status, fault.refuse.type, fault.refuse.message);
    const name = decodeURIComponent(url.pathname.split("/")[2] ?? "");
    const result = carryOut(call, name, url.searchParams, Buffer.concat(chunks).toString());
    if (fault && "loseAnswer" in fault) request.socket.destroy();
    else response.setHeader("Content-Type", "application/json").end(JSON.stringify(result));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const { status, type, message } =
        error instanceof Refused ? error : new Refused(500, "InternalServerException", String(error));
      response.writeHead(status, { "x-amzn-ErrorType": type, "Content-Type": "application/json" });
      response.end(JSON.stringify({ Message: message }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");

  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    /** What is kept, by name. */
    schedules,
    calls: heard,
    /** The next call of that name meets this fault; several of them queue up. */
    next: (call: Call, fault: SchedulerFault) => void faults.set(call, [...(faults.get(call) ?? []), fault]),
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const missing = (name: string) => new Refused(404, "ResourceNotFoundException", `Schedule ${name} does not exist.`);

class Refused extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}
