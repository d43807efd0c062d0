/** Memory each vCPU count may have, in MiB (Amazon ECS: Fargate task definition parameters, task CPU and memory). */
const memoryOf = new Map<number, { readonly min: number; readonly max: number; readonly step: number }>([
  [0.25, { min: 512, max: 2048, step: 512 }],
  [0.5, { min: 1024, max: 4096, step: 1024 }],
  [1, { min: 2048, max: 8192, step: 1024 }],
  [2, { min: 4096, max: 16_384, step: 1024 }],
  [4, { min: 8192, max: 30_720, step: 1024 }],
  [8, { min: 16_384, max: 61_440, step: 4096 }],
  [16, { min: 32_768, max: 122_880, step: 8192 }],
]);

/** What is wrong with a Fargate size, naming the field and what it may be; undefined when nothing is. */
export function fargateSizeProblem(
  cpu: number,
  memory: number,
): { readonly field: "cpu" | "memory"; readonly message: string } | undefined {
  const range = memoryOf.get(cpu);
  if (!range) return { field: "cpu", message: `must be one of ${[...memoryOf.keys()].join(", ")} vCPU` };
  const { min, max, step } = range;
  // 1536 MiB is no size of its own: a quarter vCPU comes with 512, 1024 or 2048.
  const fits = memory >= min && memory <= max && memory % step === 0 && !(cpu === 0.25 && memory === 1536);
  if (fits) return undefined;
  const sizes = cpu === 0.25 ? "512, 1024 or 2048" : `${min} to ${max} in steps of ${step}`;
  return { field: "memory", message: `with ${cpu} vCPU must be ${sizes} MiB` };
}
