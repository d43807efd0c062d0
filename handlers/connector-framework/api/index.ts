import { restHandler } from "../../runtime/api/rest-handler.ts";
import { lambdaEnvironment, readEnvironment } from "../../runtime/environment.ts";
import { createLogger } from "../../runtime/logger.ts";
import { connectorFrameworkApi } from "../contract/api.ts";
import { randomIds } from "../model/ids.ts";
import { createDependencies } from "./create-dependencies.ts";
import { environment } from "./environment.ts";
import { operations } from "./operations.ts";

const { AWS_REGION } = readEnvironment(lambdaEnvironment);

/** Serves the connector framework's API behind a REST API's proxy integration. */
export const handler = restHandler(
  connectorFrameworkApi,
  operations({ ...createDependencies(readEnvironment(environment), AWS_REGION), ids: randomIds }),
  createLogger("connector-framework-api"),
);
