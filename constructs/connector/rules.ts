import { Token } from "cdktf";
import type * as z from "zod";
import { connectorFrameworkApi } from "../../handlers/connector-framework/contract/api.ts";
import type { Rule } from "../validation/index.ts";
import type { ConnectorRequest } from "./request.ts";

const { CreateCustomConnector, PutCustomConnectorSchedule } = connectorFrameworkApi.operations;

/** The props that members of a request are made of. */
const propOf: Readonly<Record<string, string>> = {
  "container_properties.resource_requirements.cpu": "vcpus",
  "container_properties.resource_requirements.memory": "memoryMib",
  "container_properties.timeout": "timeoutSeconds",
  "container_properties.attempts": "attempts",
  "container_properties.ephemeral_storage": "ephemeralStorageGib",
  "container_properties.log_stream_prefix": "logStreamPrefix",
  schedule_expression: "schedule.expression",
  timezone: "schedule.timezone",
};

/** What stands for what is known only when Terraform applies: nothing can be said of it here. */
const knownLater = {
  execution_role_arn: "arn:aws:iam::000000000000:role/known-later",
  job_role_arn: "arn:aws:iam::000000000000:role/known-later",
  image_uri: "000000000000.dkr.ecr.eu-central-1.amazonaws.com/known-later:1",
};
const secretKnownLater = "arn:aws:ssm:eu-central-1:000000000000:parameter/known-later";

/** The rules of the API, for what a stack says of a connector: the same that its registration is held to. */
export function registrationRules({ connector, schedule }: ConnectorRequest): Rule[] {
  const { container_properties: container } = connector;
  const secrets = container.secrets.map(({ name, value_from }) => ({
    name,
    value_from: Token.isUnresolved(value_from) ? secretKnownLater : value_from,
  }));
  const checked = { ...connector, container_properties: { ...container, ...knownLater, secrets } };
  return [
    ...issuesOf(CreateCustomConnector.body, checked).map(({ path, message }) => {
      const [, list, index] = path;
      const prop = list === "secrets" && typeof index === "number" ? `secrets.${secrets[index]?.name}` : nameOf(path);
      return problem(prop, message);
    }),
    ...(schedule ? issuesOf(PutCustomConnectorSchedule.body, schedule) : []).map(({ path, message }) => {
      const [list, index] = path;
      const variable = typeof index === "number" ? schedule?.environment[index]?.name : undefined;
      const environment = variable === undefined ? "schedule.environment" : `schedule.environment.${variable}`;
      return problem(list === "environment" ? environment : nameOf(path), message);
    }),
    ...textsOf(connector.description, ...(schedule?.environment ?? []).map(({ value }) => value)),
  ];
}

const issuesOf = (schema: z.ZodType, value: unknown): readonly z.core.$ZodIssue[] =>
  schema.safeParse(value).error?.issues ?? [];

const nameOf = (path: readonly PropertyKey[]) => propOf[path.join(".")] ?? path.join(".");

const problem = (prop: string, message: string): Rule => [true, `${prop}: ${message}`];

/** What Terraform would read as a template of its own, and not as text. References that CDKTF writes are none. */
const textsOf = (...texts: readonly (string | undefined)[]): Rule[] =>
  texts
    .filter((text) => text !== undefined && /\$\{(?!TfToken\[)|%\{/.test(text))
    .map((text): Rule => [true, `"${text}" has \${ or %{, which Terraform reads as a template`]);
