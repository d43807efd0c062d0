import type { Input } from "../../runtime/api/description.ts";
import type { Operations } from "../../runtime/api/rest-handler.ts";
import type { connectorFrameworkApi } from "../contract/api.ts";

type Api = typeof connectorFrameworkApi;

/** One function for each operation of the API. */
export type ConnectorFrameworkOperations = Operations<Api>;

/** What an operation receives, parsed. */
export type InputOf<Name extends keyof Api["operations"]> = Input<Api["operations"][Name]>;
