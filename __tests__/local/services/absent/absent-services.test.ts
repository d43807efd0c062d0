import { BatchClient, SubmitJobCommand } from "@aws-sdk/client-batch";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { type AbsentServices, startAbsentServices } from "../../../../local/services/absent/index.ts";
import { askUnderName, localKey, signedFetch, unknownName } from "../../signatures/signed.ts";

const lines: string[] = [];
let absent: AbsentServices;
beforeAll(async () => {
  absent = await startAbsentServices({ log: (line) => lines.push(line) });
});
afterAll(() => absent.stop());

const region = "eu-west-1";
const config = () => ({ endpoint: absent.endpoint, region, credentials: localKey });
const says = (name: string) =>
  `The local stage does not have ${name}. Set AWS_ENDPOINT_URL to an AWS-compatible server that has it.`;
const refusal = (service: string) => ({
  name: "NotImplemented",
  message: says(`the AWS service ${service}`),
  $metadata: { httpStatusCode: 501, attempts: 1 },
});

test("an SDK client gets an error that names the service, at its first try, whatever protocol it speaks", async () => {
  const query = new SNSClient(config()).send(new PublishCommand({ TopicArn: "arn:aws:sns:::t", Message: "m" }));
  await expect(query).rejects.toMatchObject(refusal("sns"));
  const json = new DynamoDBClient(config()).send(new ListTablesCommand({}));
  await expect(json).rejects.toMatchObject(refusal("dynamodb"));
  const restJson = new BatchClient(config()).send(
    new SubmitJobCommand({ jobName: "a", jobQueue: "b", jobDefinition: "c" }),
  );
  await expect(restJson).rejects.toMatchObject(refusal("batch"));
  const restXml = new S3Client(config());
  await expect(restXml.send(new ListBucketsCommand({}))).rejects.toMatchObject(refusal("s3"));
  await expect(restXml.send(new GetObjectCommand({ Bucket: "b", Key: "k" }))).rejects.toMatchObject(refusal("s3"));
});

test("a client that sends a large body gets to read the answer", async () => {
  const Body = Buffer.alloc(8 * 1024 * 1024);
  const put = new S3Client(config()).send(new PutObjectCommand({ Bucket: "b", Key: "k", Body }));
  await expect(put).rejects.toMatchObject(refusal("s3"));
});

test("the Query protocol of EC2 and CBOR have their own forms", async () => {
  const ec2 = await signedFetch({
    ...{ service: "ec2", region, url: `${absent.endpoint}/` },
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: "Action=DescribeVpcs",
  });
  expect(await ec2.text()).toMatch(
    /^<\?xml .*\?>\n<Response><Errors><Error><Code>NotImplemented<\/Code><Message>The local stage does not have the AWS service ec2\..*<\/Message><\/Error><\/Errors><RequestID>[0-9a-f-]{36}<\/RequestID><\/Response>$/,
  );
  const cbor = await signedFetch({
    ...{ service: "monitoring", region, url: `${absent.endpoint}/service/X/operation/PutMetricData` },
    headers: { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" },
  });
  expect(cbor.headers.get("smithy-protocol")).toBe("rpc-v2-cbor");
  const message = says("the AWS service monitoring");
  const text = (value: string) => [0x79, value.length >> 8, value.length & 0xff, ...Buffer.from(value)];
  expect([...new Uint8Array(await cbor.arrayBuffer())]).toEqual([
    0xa2,
    ...["__type", "NotImplemented", "message", message].flatMap(text),
  ]);
});

test("the service is found in a presigned URL, a signature for several regions and an unsigned call's target", async () => {
  const message = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${absent.endpoint}${path}`, { headers });
    expect(response.status).toBe(501);
    return response.text();
  };
  const presigned = "/b/k?X-Amz-Algorithm=x&X-Amz-Credential=local%2F20260101%2Feu-west-1%2Fs3%2Faws4_request";
  expect(await message(presigned)).toContain("<Message>The local stage does not have the AWS service s3.");
  const authorization = "AWS4-ECDSA-P256-SHA256 Credential=local/20260101/events/aws4_request, SignedHeaders=host";
  expect(await message("/", { authorization })).toContain("the AWS service events.");
  const target = { "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth" };
  expect(await message("/", target)).toContain("the AWS service AWSCognitoIdentityProviderService.");
  for (const authorization of ["", "Bearer abc", "AWS4-HMAC-SHA256 Credential=a/b/c/<script>/aws4_request"]) {
    expect(JSON.parse(await message("/", { authorization })).message).toBe(
      says("an AWS service that the request does not name"),
    );
  }
});

test("as AWS_ENDPOINT_URL it gets what has no endpoint of its own, and nothing else", async () => {
  const asked: string[] = [];
  const own = await startAbsentServices({ log: (line) => asked.push(line) });
  const before = { ...process.env };
  Object.assign(process.env, { AWS_ENDPOINT_URL: absent.endpoint, AWS_ENDPOINT_URL_DYNAMODB: own.endpoint });
  try {
    const place = { region, credentials: localKey };
    const publish = new SNSClient(place).send(new PublishCommand({ TopicArn: "arn:aws:sns:::t", Message: "m" }));
    await expect(publish).rejects.toMatchObject(refusal("sns"));
    await expect(new DynamoDBClient(place).send(new ListTablesCommand({}))).rejects.toMatchObject(refusal("dynamodb"));
    expect(asked).toEqual([says("the AWS service dynamodb")]);
  } finally {
    process.env = before;
    await own.stop();
  }
});

test("each service is told of once", () => {
  expect(lines).toContain(says("the AWS service s3"));
  expect(new Set(lines).size).toBe(lines.length);
});

test("a request under another host name learns nothing", async () => {
  const request = { service: "sns", region, url: `${absent.endpoint}/` };
  expect(await askUnderName("evil.example", request)).toEqual(unknownName);
});
