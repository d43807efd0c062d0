import { environment } from "./index.ts";

/** What stands for a container image on this machine: a command, run in the project's folder. */
export interface LocalImage {
  readonly command: readonly string[];
}

/** URI of an image in this stage's registry (Amazon ECR: Private registry). */
const imageUri = (image: string) => `${environment.accountId}.dkr.ecr.${environment.region}.amazonaws.com/${image}`;

const sampleConnector: LocalImage = {
  command: ["node", "dist/handlers/connector-framework/sample-connector/index.mjs"],
};

/** Container images that jobs on this machine may name, and what runs in their place. */
export const localImages: Readonly<Record<string, LocalImage>> = {
  [imageUri("armature/sample-connector:latest")]: sampleConnector,
  [imageUri("armature-local-connector-framework-sample-connector-images:1")]: sampleConnector,
};
