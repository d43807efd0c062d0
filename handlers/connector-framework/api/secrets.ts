import { badRequest } from "../../runtime/errors.ts";
import type { Connector } from "../model/connector.ts";
import type { Job } from "../model/job.ts";
import { shadowedSecrets } from "../model/shadowed-secrets.ts";

/** @throws RequestError `BadRequest` naming each variable that is a secret of the connector */
export function mustNotHideSecrets(environment: Job["environment"], connector: Connector): void {
  const shadowed = shadowedSecrets(environment, connector);
  if (shadowed.length === 0) return;
  throw badRequest(shadowed.map((index) => `environment.${index}.name: is a secret of the connector`).join("; "));
}
