import { fargateVcpus } from "../../../../local/services/batch/fargate.ts";

const size = (vcpu: string, memory: string) => [
  { type: "VCPU" as const, value: vcpu },
  { type: "MEMORY" as const, value: memory },
];

// The sizes of the Batch API reference, ResourceRequirement: vCPUs, least and most MiB, how many between.
test.each([
  ["0.25", 512, 2048, 3],
  ["0.5", 1024, 4096, 4],
  ["1", 2048, 8192, 7],
  ["2", 4096, 16384, 13],
  ["4", 8192, 30720, 23],
  ["8", 16384, 61440, 12],
  ["16", 32768, 122880, 12],
  ["32", 61440, 249856, 3],
])("%s vCPU goes with %i to %i MiB in %i sizes", (vcpu, least, most, count) => {
  const accepted: number[] = [];
  for (let memory = 256; memory <= 262_144; memory += 256) {
    try {
      expect(fargateVcpus(size(vcpu, String(memory)))).toBe(Number(vcpu));
      accepted.push(memory);
    } catch (error) {
      expect(String(error)).toContain("not valid.");
    }
  }
  expect(accepted).toHaveLength(count);
  expect([accepted.at(0), accepted.at(-1)]).toEqual([least, most]);
});
