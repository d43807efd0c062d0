import type { Caller } from "../../runtime/api/rest-handler.ts";
import { type ConnectorRef, tenantOf } from "../model/keys.ts";
import type { Dependencies } from "./dependencies.ts";

/** The only tenant a caller can reach: the account that signed the request, in the API's region. */
export const tenantOfCaller = ({ region }: Pick<Dependencies, "region">, { accountId }: Caller): string =>
  tenantOf(region, accountId);

/** The connector of the path, within the caller's tenant. */
export const connectorOf = (deps: Pick<Dependencies, "region">, caller: Caller, connectorId: string): ConnectorRef => ({
  tenant: tenantOfCaller(deps, caller),
  connectorId,
});
