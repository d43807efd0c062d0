import { environment } from "./index.ts";

/** What stands for a container image on this machine: a command, run in the project's folder. */
export interface LocalImage {
  readonly command: readonly string[];
}

/** URI of an image in this stage's registry (Amazon ECR: Private registry). */
const imageUri = (repository: string) =>
  `${environment.accountId}.dkr.ecr.${environment.region}.amazonaws.com/armature/${repository}:latest`;

/** Container images that jobs on this machine may name, and what runs in their place. */
export const localImages: Readonly<Record<string, LocalImage>> = {
  [imageUri("sample-connector")]: {
    command: ["node", "dist/handlers/connector-framework/sample-connector/index.mjs"],
  },
};
