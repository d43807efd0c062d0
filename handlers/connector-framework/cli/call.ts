/**
 * Calls one operation of the connector framework from the command line:
 *
 *     npm run call -- StartCustomConnectorJob '{"connector_id": "cc-0123456789ab"}'
 *
 * It finds the stage on this machine by STAGE_URL (default http://127.0.0.1:4500). With API_URL and AWS_REGION it calls
 * a deployed one, signed with your own AWS credentials.
 */
import { type OperationName, operationNames } from "../../runtime/api/description.ts";
import { connectorFrameworkApi } from "../contract/api.ts";
import { connectToAws, connectToLocalStage } from "./client.ts";

const names = operationNames(connectorFrameworkApi);

try {
  const [name, json = "{}"] = process.argv.slice(2);
  const operation = names.find((known) => known === name);
  if (!operation) throw new Error(`usage: npm run call -- <operation> ['<json>']; operations: ${names.join(", ")}`);
  const answer = await call(operation, parse(json));
  if (answer !== undefined) console.log(JSON.stringify(answer, null, 2));
} catch (error) {
  console.error(`call: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

async function call(name: OperationName<typeof connectorFrameworkApi>, input: object): Promise<unknown> {
  const { API_URL, AWS_REGION, STAGE_URL = "http://127.0.0.1:4500" } = process.env;
  if (API_URL && !AWS_REGION) throw new Error("AWS_REGION must name the region of API_URL");
  const client =
    API_URL && AWS_REGION ? connectToAws(API_URL, AWS_REGION) : (await connectToLocalStage(STAGE_URL)).client;
  // The service checks the input; what it does not take comes back as its own 400.
  return client.callUnchecked(name, input);
}

function parse(json: string): object {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Told below, like any other text that is no object.
  }
  throw new Error(`the input must be a JSON object, but is ${json}`);
}
