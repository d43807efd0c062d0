import type { IncomingMessage } from "node:http";

/**
 * The service a request is meant for: as its signature's credential scope names it, else as its `X-Amz-Target` does,
 * which calls that need no signature have too. Undefined when it has neither.
 */
export function requestedService({ headers, url = "" }: Pick<IncomingMessage, "headers" | "url">): string | undefined {
  const inHeader = /\bCredential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1];
  const inQuery = /[?&]X-Amz-Credential=([^&]+)/.exec(url)?.[1]?.replaceAll(/%2F/gi, "/");
  // keyid/date/region/service/aws4_request; a signature for several regions has none.
  const scoped = (inHeader ?? inQuery)?.split("/").at(-2);
  const target = headers["x-amz-target"];
  const named = scoped ?? (typeof target === "string" ? target.split(".")[0] : undefined);
  return named !== undefined && /^[\w.-]{1,100}$/.test(named) ? named : undefined;
}
