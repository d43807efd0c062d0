// SQS in a process of its own: what it is built on is an ES module only, which tests cannot load.
import { startSqs } from "../../../../local/services/sqs/index.ts";

const [dataDirectory = "", region = ""] = process.argv.slice(2);
const sqs = await startSqs({ dataDirectory, region, accountId: "000000000000" });
process.on("disconnect", () => sqs.stop().then(() => process.exit(0)));
process.send?.(sqs.endpoint);
