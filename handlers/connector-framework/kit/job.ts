import * as z from "zod";
import { containerVariables } from "../contract/container-environment.ts";

/** What a container needs to know of the job it is. */
export interface Job {
  readonly id: string;
  readonly connectorId: string;
  /** The account whose connector it is. */
  readonly accountId: string;
  readonly region: string;
  /** URL of the API's stage. */
  readonly apiEndpoint: string;
}

/** The variables that the framework gives every job. */
export const jobVariables = z
  .object({
    [containerVariables.jobId]: z.string().min(1),
    [containerVariables.connectorId]: z.string().min(1),
    [containerVariables.arnPrefix]: z.string().regex(/^arn:aws:ccf:[a-z0-9-]+:\d{12}$/),
    [containerVariables.region]: z.string().min(1),
    [containerVariables.apiEndpoint]: z.url(),
  })
  .transform(
    (variables): Job => ({
      id: variables[containerVariables.jobId],
      connectorId: variables[containerVariables.connectorId],
      accountId: variables[containerVariables.arnPrefix].slice(-12),
      region: variables[containerVariables.region],
      apiEndpoint: variables[containerVariables.apiEndpoint],
    }),
  );
