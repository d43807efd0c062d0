import { newestFirst, type Page, type PageRequest } from "../page.ts";
import { clientException } from "./errors.ts";

/** A page of objects, newest first. Throws a ClientException when the token is not valid. */
export const pageOf = <T extends { sequence: number }>(objects: readonly T[], request: PageRequest): Page<T> =>
  newestFirst(objects, request, clientException);
