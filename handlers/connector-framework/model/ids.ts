import { randomUUID } from "node:crypto";

/** Makes the ids of new things. */
export interface Ids {
  connectorId(): string;
  jobId(): string;
}

const randomHex = () => randomUUID().replaceAll("-", "").slice(0, 12);

/** Ids from the first twelve hex digits of a version 4 UUID: 48 random bits. */
export const randomIds: Ids = {
  connectorId: () => `cc-${randomHex()}`,
  jobId: () => `ccj-${randomHex()}`,
};
