/** The function that registers a stack's connectors does what the API does, and is told the same. */
export { environment } from "../api/environment.ts";
