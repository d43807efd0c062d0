import type { Job } from "./model.ts";

export interface EnvironmentSources {
  /** Only PATH and HOME are taken from it. */
  readonly machine: Readonly<Record<string, string | undefined>>;
  readonly image: Readonly<Record<string, string>>;
  /** What ECS gives every container of the account: credentials, endpoints, region. */
  readonly base: Readonly<Record<string, string>>;
  readonly job: Job;
  readonly queueName: string;
}

/** The whole environment of a job's process; of two variables with one name the later wins, as in ECS. */
export function containerEnvironment({
  machine,
  image,
  base,
  job,
  queueName,
}: EnvironmentSources): Record<string, string> {
  const { PATH = "/usr/local/bin:/usr/bin:/bin", HOME = "/" } = machine;
  const { detail, computeEnvironment } = job;
  return {
    PATH,
    HOME,
    ...image,
    ...base,
    ...Object.fromEntries(detail.container.environment.map(({ name, value }) => [name, value])),
    AWS_BATCH_JOB_ID: detail.jobId,
    AWS_BATCH_JOB_ATTEMPT: String(detail.attempts.length + 1),
    AWS_BATCH_JQ_NAME: queueName,
    ...(computeEnvironment === undefined ? {} : { AWS_BATCH_CE_NAME: computeEnvironment }),
  };
}

/** The command with each `Ref::name` replaced by that parameter; one without a value stays as it is. */
export function substituteParameters(
  command: readonly string[],
  parameters: Readonly<Record<string, string>>,
): string[] {
  const values = new Map(Object.entries(parameters));
  return command.map((word) => word.replace(/Ref::([A-Za-z0-9_-]+)/g, (ref, name) => values.get(name) ?? ref));
}
