import * as z from "zod";
import { kind, type ResourceKinds } from "./resource.ts";

/** A repository has a name to refer to and no images: what runs in their place is said by a map of images. */
const repository = kind(
  z.object({ name: z.string() }),
  ["encryption_configuration", "force_delete", "image_scanning_configuration", "image_tag_mutability"],
  ({ name }, { region, accountId }) => ({
    id: name,
    arn: `arn:aws:ecr:${region}:${accountId}:repository/${name}`,
    registry_id: accountId,
    repository_url: `${accountId}.dkr.ecr.${region}.amazonaws.com/${name}`,
  }),
);

export const ecrKinds: ResourceKinds = new Map([["aws_ecr_repository", repository]]);
