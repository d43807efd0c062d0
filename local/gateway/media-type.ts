/** `type/subtype` in lower case, without parameters. API Gateway takes a missing Content-Type for application/json. */
export function mediaType(contentType: string | undefined): string {
  const bare = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  return bare === undefined || bare === "" ? "application/json" : bare;
}

/** Whether a type is one of the API's binary media types; a full wildcard among them stands for every type. */
export function isBinaryMediaType(type: string, binaryMediaTypes: readonly string[]): boolean {
  return binaryMediaTypes.some((binary) => binary === "*/*" || binary.toLowerCase() === type);
}
