import { devNull } from "node:os";

/**
 * Variables that keep an AWS SDK from the developer's own `~/.aws`: a setting there, such as FIPS endpoints or a
 * profile, would change what the stage's clients, functions and jobs do (AWS SDKs and Tools Reference Guide,
 * "Location of the shared config and credentials files").
 */
export const noAwsConfiguration = { AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull } as const;

/** Takes the developer's AWS settings, in variables and in files, out of an environment. */
export function forgetAwsConfiguration(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) if (name.startsWith("AWS_")) delete environment[name];
  Object.assign(environment, noAwsConfiguration);
}
