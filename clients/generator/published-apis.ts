import { connectorFrameworkApi } from "../../handlers/connector-framework/contract/api.ts";
import { connectorFrameworkExamples } from "../../handlers/connector-framework/contract/examples.ts";
import { publish } from "./published-api.ts";

/** Every API that has clients. */
export const publishedApis = [
  publish({
    api: connectorFrameworkApi,
    examples: connectorFrameworkExamples,
    source: { module: "handlers/connector-framework/contract/api.ts", name: "connectorFrameworkApi" },
    boto3ServiceName: "ccf",
  }),
];
