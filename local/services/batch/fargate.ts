import { invalidRequest } from "./errors.ts";

const gibibytes = (from: number, to: number, step: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * 1024);

/** MiB of memory Fargate offers with each number of vCPUs (Batch API reference, ResourceRequirement). */
const memoryOptions: ReadonlyMap<number, readonly number[]> = new Map([
  [0.25, [512, 1024, 2048]],
  [0.5, gibibytes(1, 4, 1)],
  [1, gibibytes(2, 8, 1)],
  [2, gibibytes(4, 16, 1)],
  [4, gibibytes(8, 30, 1)],
  [8, gibibytes(16, 60, 4)],
  [16, gibibytes(32, 120, 8)],
  [32, [61440, 122880, 249856]],
]);

export interface ResourceRequirement {
  readonly type: "VCPU" | "MEMORY";
  readonly value: string;
}

/** The vCPUs a container asks for. Throws a ClientException unless Fargate has such a size. */
export function fargateVcpus(requirements: readonly ResourceRequirement[]): number {
  const vcpus = amountOf("VCPU", "vCPU", requirements);
  const memory = amountOf("MEMORY", "Memory", requirements);
  if (memoryOptions.get(vcpus)?.includes(memory)) return vcpus;
  throw invalidRequest(`Fargate resource requirements (${vcpus.toFixed(2)} vCPU, ${memory} MiB) not valid.`);
}

function amountOf(
  type: ResourceRequirement["type"],
  label: string,
  requirements: readonly ResourceRequirement[],
): number {
  const [requirement, another] = requirements.filter((candidate) => candidate.type === type);
  if (requirement === undefined) throw invalidRequest(`${label} is not provided.`);
  if (another !== undefined) throw invalidRequest(`resourceRequirements has more than one ${type}.`);
  if (/^\d+(\.\d+)?$/.test(requirement.value)) return Number(requirement.value);
  throw invalidRequest(
    `Value ${requirement.value} for type ${type} in resourceRequirement is not valid. Please provide a numeric value.`,
  );
}
