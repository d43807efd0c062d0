// SQS in a process of its own, for a role that may use one queue.
import { startSqs } from "../../../../local/services/sqs/index.ts";
import { accountId, roleOf } from "../../iam/roles.ts";

const [dataDirectory = "", region = ""] = process.argv.slice(2);
const { iam, key } = roleOf(
  { region },
  {
    Effect: "Allow",
    Action: ["sqs:SendMessage", "sqs:ReceiveMessage"],
    Resource: `arn:aws:sqs:${region}:${accountId}:open`,
  },
);
const sqs = await startSqs({ dataDirectory, region, accountId, authority: iam });
process.on("disconnect", () => sqs.stop().then(() => process.exit(0)));
process.send?.({ endpoint: sqs.endpoint, key });
