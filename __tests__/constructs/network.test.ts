import { Network, type NetworkProps } from "../../constructs/network/index.ts";
import { networkProps, synthesize } from "./synth.ts";

function network(changes: Partial<NetworkProps> = {}) {
  const seen: { assignPublicIp?: boolean } = {};
  const made = synthesize((stack) => {
    seen.assignPublicIp = new Network(stack, "Net", { ...networkProps, egress: "nat", ...changes }).assignPublicIp;
  });
  const subnets = (id: string) =>
    Object.entries(made.all("aws_subnet"))
      .filter(([name]) => name.startsWith(`Net_${id}`))
      .map(([, { availability_zone, cidr_block }]) => `${availability_zone} ${cidr_block}`);
  const endpoints = Object.values(made.all("aws_vpc_endpoint")).map(
    ({ service_name, vpc_endpoint_type }) => `${vpc_endpoint_type} ${service_name}`,
  );
  return {
    ...made,
    all: made.all.bind(made),
    one: made.one.bind(made),
    statements: () => made.statements(),
    ...seen,
    subnets,
    endpoints,
  };
}

const gateways = ["Gateway com.amazonaws.eu-central-1.dynamodb", "Gateway com.amazonaws.eu-central-1.s3"];

test("public-ip: tasks are in public subnets with an address of their own, and nothing costs while idle", () => {
  const made = network({ egress: "public-ip" });
  expect(made.assignPublicIp).toBe(true);
  expect(made.subnets("Public")).toEqual(["eu-central-1a 10.0.0.0/19", "eu-central-1b 10.0.32.0/19"]);
  expect(made.subnets("Private")).toEqual([]);
  expect(made.all("aws_nat_gateway")).toEqual({});
  expect(made.endpoints.sort()).toEqual(gateways);
  expect(made.one("aws_route")).toMatchObject({
    destination_cidr_block: "0.0.0.0/0",
    gateway_id: expect.stringContaining("aws_internet_gateway"),
  });
});

test("nat: tasks are in private subnets behind one NAT gateway, however many zones there are", () => {
  const made = network({ availabilityZones: ["a", "c", "b"] });
  expect(made.assignPublicIp).toBe(false);
  expect(made.subnets("Private")).toEqual([
    "eu-central-1a 10.0.128.0/19",
    "eu-central-1b 10.0.192.0/19",
    "eu-central-1c 10.0.160.0/19",
  ]);
  expect(made.subnets("Public")).toHaveLength(3);
  expect(Object.keys(made.all("aws_nat_gateway"))).toHaveLength(1);
  expect(made.one("aws_nat_gateway").depends_on).toEqual([expect.stringMatching(/^aws_route\.Net_Internet_Route_/)]);
  expect(made.one("aws_eip").depends_on).toEqual([expect.stringMatching(/^aws_internet_gateway\.Net_Internet_/)]);
  expect(made.one("aws_route", "Net_Nat")).toMatchObject({
    nat_gateway_id: expect.stringContaining("aws_nat_gateway"),
    route_table_id: expect.stringContaining("Net_Private"),
  });
  expect(made.endpoints.sort()).toEqual(gateways);
});

test.each(["public-ip", "nat"] as const)(
  "%s: no way in leads to a task, and no subnet hands out addresses by itself",
  (egress) => {
    const made = network({ egress });
    expect(made.all("aws_security_group")).toEqual({});
    expect(made.all("aws_vpc_security_group_ingress_rule")).toEqual({});
    for (const subnet of Object.values(made.all("aws_subnet"))) expect(subnet.map_public_ip_on_launch).toBe(false);
    expect(made.one("aws_default_security_group")).toMatchObject({ ingress: [], egress: [] });
  },
);

test("no two subnets overlap, in the smallest network with the most zones", () => {
  const made = network({ cidr: "192.168.1.0/24", availabilityZones: ["a", "b", "c", "d"] });
  const blocks = Object.values(made.all("aws_subnet")).map(({ cidr_block }) => cidr_block);
  expect(new Set(blocks)).toEqual(new Set([...Array(8)].map((_, index) => `192.168.1.${index * 32}/27`)));
});

test.each<[string, Partial<NetworkProps>, string]>([
  ["cidr is no block", { cidr: "10.0.0.0" }, "cidr is 10.0.0.0, but must be an IPv4 block"],
  ["cidr has bits after its prefix", { cidr: "10.0.0.1/16" }, "cidr is 10.0.0.1/16, but must be an IPv4 block"],
  ["cidr is too large", { cidr: "10.0.0.0/15" }, "cidr is 10.0.0.0/15, but must be of /16 to /25"],
  ["cidr is too small for eight subnets", { cidr: "10.0.0.0/26" }, "cidr is 10.0.0.0/26, but must be of /16 to /25"],
  ["there is no zone", { availabilityZones: [] }, "availabilityZones has 0, but must have 1 to 4"],
  ["there are five zones", { availabilityZones: [..."abcde"] }, "availabilityZones has 5, but must have 1 to 4"],
  ["a zone is there twice", { availabilityZones: ["a", "a"] }, "availabilityZones must name each zone once"],
])("fails when %s", (_, props, problem) => {
  expect(() => network(props)).toThrow(`dev-shop/Net: ${problem}`);
});

test("flow logs are there when they are wanted", () => {
  expect(network().all("aws_flow_log")).toEqual({});
  const made = network({ flowLogs: true });
  expect(made.one("aws_flow_log")).toMatchObject({ traffic_type: "ALL" });
  expect(made.one("aws_iam_role").assume_role_policy).toContain("aws:SourceAccount");
  const [id] = Object.keys(made.all("aws_cloudwatch_log_group"));
  expect(made.statements()).toEqual([
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: [`\${aws_cloudwatch_log_group.${id}.arn}`, `\${aws_cloudwatch_log_group.${id}.arn}:*`],
    },
  ]);
});
