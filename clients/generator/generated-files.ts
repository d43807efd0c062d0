import { paginators, serviceModel } from "./boto3/service-model.ts";
import type { PublishedApi } from "./published-api.ts";
import { referencePage } from "./reference/page.ts";
import { bundleClient } from "./typescript/bundle.ts";
import { declarations } from "./typescript/declarations.ts";
import { packageDescription } from "./typescript/package.ts";

/** A file and its content, by its path from the project's folder. */
export type GeneratedFile = readonly [path: string, content: string];

/** Everything that is made from an API's description for its clients. The same description makes the same bytes. */
export async function generatedFiles(published: PublishedApi): Promise<GeneratedFile[]> {
  const { api, boto3ServiceName, document } = published;
  const folder = `clients/${api.name}`;
  const model = `${folder}/boto3/${boto3ServiceName}/${api.version}`;
  const bundle = await bundleClient(published);
  return [
    [`${folder}/openapi.json`, json(document)],
    [`${model}/service-2.json`, json(serviceModel(published))],
    [`${model}/paginators-1.json`, json(paginators(published))],
    [`${folder}/typescript/package.json`, json(packageDescription(published, bundle.packages))],
    [`${folder}/typescript/index.js`, bundle.text],
    [`${folder}/typescript/index.d.ts`, declarations(published)],
    [`docs/api/${api.name}.md`, referencePage(published)],
  ];
}

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
