import { join } from "node:path";
import type { Arns } from "./arn.ts";
import { containerEnvironment, substituteParameters } from "./container-process.ts";
import { executablePath, type ImageLookup, type LocalCommand } from "./image.ts";
import { type JobProcess, startJobProcess } from "./job-process.ts";
import type { Job } from "./model.ts";

export interface ContainerHost {
  readonly region: string;
  readonly accountId: string;
  readonly arns: Arns;
  readonly image: ImageLookup;
  readonly baseEnvironment: Readonly<Record<string, string>>;
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

/** Starts a job's process, not yet released. Rejects with a container reason in ECS's style. */
export async function startContainer(job: Job, taskId: string, host: ContainerHost): Promise<JobProcess> {
  const { image: uri } = job.detail.container;
  const image = await host.image(uri);
  if (image === undefined) {
    throw new Error(
      `CannotPullContainerError: no local command stands for the image ${uri}; ` +
        `name one: npm start -- --image ${uri}=<command>`,
    );
  }
  try {
    return await startImage(image, job, taskId, host);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Error(`CannotStartContainerError: the local command of the image ${uri} cannot be started: ${problem}`);
  }
}

function startImage(image: LocalCommand, job: Job, taskId: string, host: ContainerHost): Promise<JobProcess> {
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
    logFile: logFileOf(host.logDirectory, taskId),
    now: host.now,
    log: host.log,
  });
}
