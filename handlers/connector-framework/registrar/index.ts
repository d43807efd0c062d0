import { setTimeout as sleep } from "node:timers/promises";
import { createDocumentClient } from "../../runtime/aws-clients.ts";
import { lambdaEnvironment, readEnvironment } from "../../runtime/environment.ts";
import { createLogger } from "../../runtime/logger.ts";
import { createDependencies } from "../api/create-dependencies.ts";
import { deletionStore } from "../store/deletions.ts";
import { environment } from "./environment.ts";
import { registrarHandler } from "./handler.ts";

const { AWS_REGION } = readEnvironment(lambdaEnvironment);
const variables = readEnvironment(environment);
const client = createDocumentClient();

/** Registers and removes the connectors that stacks have. */
export const handler = registrarHandler({
  api: createDependencies(variables, AWS_REGION, client),
  deletions: deletionStore(client, variables.CONNECTORS_TABLE),
  logger: createLogger("connector-framework-registrar"),
  sleep,
});
