import { join } from "node:path";
import type { SessionKey } from "../../iam/keyring.ts";
import type { Arns } from "./arn.ts";
import { containerEnvironment, substituteParameters } from "./container-process.ts";
import { pullSecrets, type SecretLookup } from "./container-secrets.ts";
import { executablePath, type ImageLookup, type LocalCommand } from "./image.ts";
import { type JobProcess, startJobProcess } from "./job-process.ts";
import type { Job } from "./model.ts";
import type { TaskRoles } from "./task-roles.ts";

/** Characters ECS allows the overrides of a task (ECS API reference, RunTask). */
const longestOverrides = 8192;

export interface ContainerHost {
  readonly region: string;
  readonly accountId: string;
  readonly arns: Arns;
  readonly image: ImageLookup;
  readonly secrets: (...request: Parameters<SecretLookup>) => Promise<string | undefined>;
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly taskRoles: TaskRoles;
  readonly logDirectory: string;
  readonly now: () => number;
  readonly log: (message: string) => void;
}

export const logFileOf = (logDirectory: string, taskId: string): string => join(logDirectory, `${taskId}.log`);

/** The names ECS gives the task: its ARN, and its log stream `<prefix or definition name>/default/<task id>`. */
export function taskNames(job: Job, taskId: string, host: ContainerHost): { taskArn: string; logStreamName: string } {
  const { container, jobDefinition } = job.detail;
  const [definitionName] = (host.arns.idIn("job-definition", jobDefinition) ?? jobDefinition).split(":");
  const prefix = container.logConfiguration?.options?.["awslogs-stream-prefix"] ?? definitionName;
  return {
    taskArn: `arn:aws:ecs:${host.region}:${host.accountId}:task/${job.computeEnvironment}/${taskId}`,
    logStreamName: `${prefix}/default/${taskId}`,
  };
}

/** Why ECS refuses to run a task at all, if it does: the status reason of the attempt. */
export function refusedTask({ overridesLength, detail: { container } }: Job): string | undefined {
  if (overridesLength > longestOverrides) return `Container Overrides length must be at most ${longestOverrides}`;
  const names = [...container.secrets, ...new Map(container.environment.map((one) => [one.name, one])).values()];
  const twice = container.secrets.find((secret) => names.filter(({ name }) => name === secret.name).length > 1);
  if (twice === undefined) return undefined;
  return `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${twice.name}'.`;
}

/**
 * Starts a job's process, not yet released. Rejects with a container reason in ECS's style.
 *
 * @throws ResourceInitializationError when a secret cannot be had, which no container's reason tells of
 */
export async function startContainer(job: Job, taskId: string, host: ContainerHost): Promise<JobProcess> {
  const { image: uri, jobRoleArn } = job.detail.container;
  const jobRole = jobRoleArn === undefined ? undefined : host.taskRoles(jobRoleArn, taskId);
  const secrets = await pullSecrets(job.detail.container, host.secrets);
  const image = await host.image(uri);
  if (image === undefined) {
    throw new Error(
      `CannotPullContainerError: no local command stands for the image ${uri}; ` +
        `name one: npm start -- --image ${uri}=<command>`,
    );
  }
  try {
    const baseEnvironment = { ...host.baseEnvironment, ...(jobRole && credentialVariables(jobRole)) };
    return await startImage(image, secrets, job, taskId, { ...host, baseEnvironment });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Error(`CannotStartContainerError: the local command of the image ${uri} cannot be started: ${problem}`);
  }
}

const credentialVariables = ({ accessKeyId, secretAccessKey, sessionToken }: SessionKey) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
});

function startImage(
  image: LocalCommand,
  secrets: Readonly<Record<string, string>>,
  job: Job,
  taskId: string,
  host: ContainerHost,
): Promise<JobProcess> {
  const { container, parameters, jobQueue } = job.detail;
  const environment = containerEnvironment({
    machine: process.env,
    image: image.environment ?? {},
    base: host.baseEnvironment,
    job,
    queueName: host.arns.idIn("job-queue", jobQueue) ?? jobQueue,
  });
  const cwd = image.cwd ?? process.cwd();
  const [entryPoint, ...argv] = image.argv;
  const executable = executablePath(entryPoint, cwd, environment.PATH ?? "");
  return startJobProcess({
    argv: [executable, ...argv, ...substituteParameters(container.command, parameters)],
    cwd,
    environment,
    secrets,
    logFile: logFileOf(host.logDirectory, taskId),
    now: host.now,
    log: host.log,
  });
}
