import { randomUUID } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Access } from "../../iam/access.ts";
import { AccessDenied, type Authority, authorize } from "../../iam/authority.ts";
import type { Principal } from "../../iam/principal.ts";
import { isOwnName, unknownName } from "../../signatures/own-names.ts";
import { createServiceVerifier } from "../../signatures/service-verifier.ts";
import { SignatureError } from "../../signatures/signature-error.ts";
import { accessesOf, tagAccesses } from "./accesses.ts";
import { BatchError } from "./errors.ts";
import {
  createComputeEnvironment,
  describeComputeEnvironments,
  updateComputeEnvironment,
} from "./operations/compute-environments.ts";
import {
  deregisterJobDefinition,
  describeJobDefinitions,
  registerJobDefinition,
} from "./operations/job-definitions.ts";
import { createJobQueue, describeJobQueues, updateJobQueue } from "./operations/job-queues.ts";
import { cancelJob, describeJobs, listJobs, terminateJob } from "./operations/jobs.ts";
import { submitJob } from "./operations/submit-job.ts";
import { listTagsForResource, tagResource, untagResource } from "./operations/tags.ts";
import type { Operation, Service } from "./service.ts";

const operations: Readonly<Record<string, Operation>> = {
  canceljob: cancelJob,
  createcomputeenvironment: createComputeEnvironment,
  createjobqueue: createJobQueue,
  deregisterjobdefinition: deregisterJobDefinition,
  describecomputeenvironments: describeComputeEnvironments,
  describejobdefinitions: describeJobDefinitions,
  describejobqueues: describeJobQueues,
  describejobs: describeJobs,
  listjobs: listJobs,
  registerjobdefinition: registerJobDefinition,
  submitjob: submitJob,
  terminatejob: terminateJob,
  updatecomputeenvironment: updateComputeEnvironment,
  updatejobqueue: updateJobQueue,
};

const largestBody = 1024 * 1024;

interface Env {
  readonly Bindings: HttpBindings;
  /** Who asks. */
  readonly Variables: { principal: Principal };
}

/** Batch's REST-JSON protocol. Whatever Batch has and this server does not is answered 404, never with something made up. */
export function routes(
  service: Service,
  { region, authority }: { readonly region: string; readonly authority: Authority },
  log: (message: string) => void,
): Hono<Env> {
  const app = new Hono<Env>();
  const verify = createServiceVerifier({ service: "batch", region, authority });
  const allow = (context: Context<Env>, accesses: readonly Access[]) =>
    authorize(authority, context.get("principal"), accesses);

  app.use(async (context, next) => {
    if (!isOwnName(context.req.header("host"))) {
      return context.body(unknownName.body, unknownName.status, unknownName.headers);
    }
    context.header("x-amzn-RequestId", randomUUID());
    return next();
  });
  app.use(
    bodyLimit({
      maxSize: largestBody,
      onError: () => {
        throw new BatchError("RequestEntityTooLargeException", 413, "Request Too Long");
      },
    }),
  );
  app.use(async (context, next) => {
    context.set("principal", verify(context.env.incoming, new Uint8Array(await context.req.arrayBuffer())));
    await next();
  });

  for (const [name, operation] of Object.entries(operations)) {
    app.post(`/v1/${name}`, async (context) => {
      const body = await bodyOf(context);
      await allow(context, accessesOf(name, body, service));
      return context.json(operation(body, service));
    });
  }
  app.get("/v1/tags/:arn", async (context) => {
    const arn = context.req.param("arn");
    await allow(context, tagAccesses("ListTagsForResource", arn));
    return context.json(listTagsForResource(arn, service));
  });
  app.post("/v1/tags/:arn", async (context) => {
    const [arn, body] = [context.req.param("arn"), await bodyOf(context)];
    await allow(context, tagAccesses("TagResource", arn, body));
    return context.json(tagResource(arn, body, service));
  });
  app.delete("/v1/tags/:arn", async (context) => {
    const arn = context.req.param("arn");
    await allow(context, tagAccesses("UntagResource", arn));
    return context.json(untagResource(arn, context.req.queries("tagKeys") ?? [], service));
  });

  app.notFound((context) => {
    const operation = `${context.req.method} ${context.req.path}`;
    return errorResponse(context, "UnknownOperationException", 404, `The local Batch has no operation ${operation}.`);
  });
  app.onError((error, context) => {
    if (error instanceof BatchError) return errorResponse(context, error.type, error.status, error.message);
    if (error instanceof SignatureError) return errorResponse(context, `${error.fault}Exception`, 403, error.message);
    if (error instanceof AccessDenied) return errorResponse(context, "AccessDeniedException", 403, error.message);
    log(`${context.req.path} failed: ${error.stack}`);
    return errorResponse(context, "ServerException", 500, `The local Batch failed: ${error.message}`);
  });
  return app;
}

async function bodyOf(context: Context): Promise<unknown> {
  const text = await context.req.text();
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch (error) {
    throw new BatchError("SerializationException", 400, `The body is not JSON: ${error}`);
  }
}

function errorResponse(context: Context, type: string, status: BatchError["status"] | 500, message: string): Response {
  context.header("x-amzn-ErrorType", type);
  return context.json({ message }, status);
}
