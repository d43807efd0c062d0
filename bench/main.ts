// `npm run bench`: whether what a call costs depends on how much there is. Exits with 1 when it does.

import { createConnectorFrameworkTables, tables } from "../__tests__/helpers/connector-framework-tables.ts";
import { startTestDynamoDb } from "../__tests__/helpers/dynamodb.ts";
import { documentStore } from "../handlers/connector-framework/store/documents.ts";
import { createDocumentClient } from "../handlers/runtime/aws-clients.ts";
import { pageTokens } from "../handlers/runtime/dynamodb/page-token.ts";
import { leaveOut } from "./busy-table.ts";
import { batchSize, endlessPages, fill, median, type PageCost, pages } from "./documents.ts";
import { meter } from "./meter.ts";

const [few, many] = [1_000, 100_000];
/** How much more a page of the long list may cost than one of the short list. */
const allowed = 1.2;

const tenant = "arn:aws:ccf:eu-central-1:123456789012";
const small = { tenant, connectorId: "cc-000000000001" };
const large = { tenant, connectorId: "cc-000000000002" };
const tokens = pageTokens(async () => new Uint8Array(32));

const dynamoDb = await startTestDynamoDb();
try {
  await createConnectorFrameworkTables();
  const client = createDocumentClient();
  const documents = documentStore(client, tables.documents, tokens);
  console.log(`recording ${few} and ${many} documents`);
  await fill(documents, small, few);
  await fill(documents, large, many);

  const { read } = meter(client);
  const ofSmall: PageCost[] = [];
  const ofLarge: PageCost[] = [];
  // One beside the other, so that whatever else the machine does is in both. The last page of the short list is short.
  const others = endlessPages(documents, small, read);
  for await (const page of pages(documents, large, read)) {
    const { value } = await others.next();
    if (value?.documents === batchSize) ofSmall.push(value);
    if (page.documents === batchSize) ofLarge.push(page);
  }
  const rounded = (value: number) => Math.round(value * 100) / 100;
  const unitsOf = (costs: readonly PageCost[]) => median(costs.map(({ units }) => units));
  const timeOf = (costs: readonly PageCost[]) => median(costs.map(({ milliseconds }) => milliseconds));
  const highest = (costs: readonly PageCost[]) => Math.max(...costs.map(({ units }) => units));
  const ratios = {
    units: highest(ofLarge) / highest(ofSmall),
    time: timeOf(ofLarge) / timeOf(ofSmall),
  };
  console.log(`\na page of ${batchSize} documents`);
  console.table({
    [`of ${few}`]: {
      pages: ofSmall.length,
      "capacity units": unitsOf(ofSmall),
      highest: highest(ofSmall),
      "ms, median": rounded(timeOf(ofSmall)),
    },
    [`of ${many}`]: {
      pages: ofLarge.length,
      "capacity units": unitsOf(ofLarge),
      highest: highest(ofLarge),
      "ms, median": rounded(timeOf(ofLarge)),
    },
    ratio: { "capacity units": ratios.units, "ms, median": rounded(ratios.time) },
  });

  const put = async () => {
    read();
    const begun = performance.now();
    await fill(documents, { tenant, connectorId: "cc-000000000003" }, batchSize);
    const { requests, units } = read();
    return { ...requests, "capacity units": units, ms: Math.round(performance.now() - begun) };
  };
  const idle = await put();
  let tries = 0;
  leaveOut(client, (items) => (tries++ % 3 === 2 ? items : Math.ceil(items / 2)));
  const busy = await put();
  console.log(`\nrecording ${batchSize} documents at once`);
  console.table({ "all are taken": idle, "the busy table leaves out half, twice in a row": busy });

  client.destroy();
  const broken = Object.entries(ratios).filter(([, ratio]) => ratio > allowed);
  for (const [name, ratio] of broken)
    console.error(`${name} of a page grew by ${ratio.toFixed(2)}, more than ${allowed}`);
  process.exitCode = broken.length > 0 ? 1 : 0;
} finally {
  await dynamoDb.stop();
}
