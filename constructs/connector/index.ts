import { createHash } from "node:crypto";
import { LambdaInvocation } from "@cdktf/provider-aws/lib/lambda-invocation/index.js";
import { Construct } from "constructs";
import type { connectorFrameworkApi } from "../../handlers/connector-framework/contract/api.ts";
import type { Registration } from "../../handlers/connector-framework/registrar/registration.ts";
import { canonicalJson } from "../json/canonical-json.ts";
import { Repository } from "../repository/index.ts";
import { type Grantee, Role } from "../role/index.ts";
import { checkProps } from "../validation/index.ts";
import type { ConnectorProps, Secret } from "./props.ts";
import { requestOf } from "./request.ts";
import { registrationRules } from "./rules.ts";

export type { ConnectorFramework, ConnectorProps, ConnectorSchedule, Secret } from "./props.ts";
export { Registrar, type RegistrarProps } from "./registrar.ts";

/** What a connector's container asks of the API, always about the connector itself. */
const ownOperations = [
  "GetCustomConnectorCheckpoint",
  "PutCustomConnectorCheckpoint",
  "DeleteCustomConnectorCheckpoint",
  "ListCustomConnectorDocuments",
  "BatchPutCustomConnectorDocuments",
  "BatchDeleteCustomConnectorDocuments",
] as const satisfies readonly (keyof (typeof connectorFrameworkApi)["operations"])[];

/**
 * A connector that is deployed with its stack: a repository for its image, a role that starts its containers, a role they
 * run with, and its registration with the framework, with a schedule if it has one. What a container may do beside
 * keeping its own checkpoint and documents is granted to the connector: `bucket.grantRead(connector)`.
 *
 * Its id is decided here, by its stack and the ids that lead to it: applying again registers nothing twice, and its role
 * can name it. Renaming the construct makes another connector, which starts with nothing recorded.
 *
 * @throws SynthesisError naming each prop that breaks a rule
 */
export class Connector extends Construct implements Grantee {
  readonly connectorId: string;
  readonly repository: Repository;
  /** Pulls the image, reads the secrets, writes the log. */
  readonly executionRole: Role;
  /** What the connector's own code may do. */
  readonly role: Role;
  readonly registration: LambdaInvocation;

  constructor(scope: Construct, id: string, props: ConnectorProps) {
    super(scope, id);
    const { framework, imageTag, secrets = {} } = props;
    this.connectorId = connectorIdOf(this);
    this.repository = props.repository ?? new Repository(this, "Images");
    const ecsRole = (id: string, description: string) =>
      new Role(this, id, { assumedBy: "ecs-tasks.amazonaws.com", description, path: framework.rolePath });
    this.executionRole = ecsRole("ExecutionRole", `Starts containers of connector ${props.name}`);
    this.role = ecsRole("JobRole", `Of containers of connector ${props.name}`);

    const request = requestOf(props, {
      imageUri: this.repository.imageUri(imageTag),
      executionRoleArn: this.executionRole.arn,
      jobRoleArn: this.role.arn,
    });
    checkProps(this, [
      [!/^\w[\w.-]{0,127}$/.test(imageTag), `imageTag is "${imageTag}", which is no tag of an image`],
      [imageTag === "latest", "imageTag is latest, but a tag cannot be pushed over: name a version"],
      ...registrationRules(request),
    ]);

    const rights = [
      this.repository.grantPull(this.executionRole),
      framework.jobLogs.grantWrite(this.executionRole),
      ...this.#grantSecrets(Object.values(secrets)),
      framework.api.grantInvoke(this, ownOperations, { connector_id: this.connectorId }),
    ];
    const wanted: Registration = { connector_id: this.connectorId, ...request };
    this.registration = new LambdaInvocation(this, "Registration", {
      functionName: framework.registrar.function.name,
      input: canonicalJson(wanted),
      lifecycleScope: "CRUD",
      // It is registered when it could run, and gone before anything it runs with is taken away.
      dependsOn: [...framework.registrar.rights, ...rights],
    });
  }

  /** What the registration tells, as JSON: `{ "connector_id": … }`. Known once it stands. */
  get result(): string {
    return this.registration.result;
  }

  /** secretsmanager:GetSecretValue, ssm:GetParameters on the secrets (Amazon ECS: Required IAM permissions for secrets). */
  #grantSecrets(secrets: readonly Secret[]) {
    const secretArns = secrets.flatMap((secret) => ("secretArn" in secret ? [secret.secretArn] : []));
    const parameterArns = secrets.flatMap((secret) => ("parameterArn" in secret ? [secret.parameterArn] : []));
    const statements = [
      { actions: ["secretsmanager:GetSecretValue"], resources: [...new Set(secretArns)].sort() },
      { actions: ["ssm:GetParameters"], resources: [...new Set(parameterArns)].sort() },
    ].filter(({ resources }) => resources.length > 0);
    return statements.length > 0 ? [this.executionRole.grant({ verb: "ReadSecrets" }, ...statements)] : [];
  }
}

/** `cc-` and 12 hex digits that say which connector of which stack it is. The same on every synthesis, and on no other stage. */
const connectorIdOf = (connector: Connector): string =>
  `cc-${createHash("sha256").update(connector.node.path).digest("hex").slice(0, 12)}`;
