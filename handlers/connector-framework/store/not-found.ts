import { notFound, type RequestError } from "../../runtime/errors.ts";

/** The tenant has no connector of that id; an id of any other form is told the same. */
export const noConnector = (connectorId: string): RequestError => notFound(`connector ${connectorId} does not exist`);

/** The connector has no job of that id, though another connector may. */
export const noJob = (connectorId: string, jobId: string): RequestError =>
  notFound(`connector ${connectorId} has no job ${jobId}`);
