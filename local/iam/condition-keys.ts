import type { RequestContext } from "./access.ts";
import type { Principal } from "./principal.ts";

interface ConditionKey {
  /** Prefixes of the actions whose requests carry the key here; `any` for what is known of every request. */
  readonly services: "any" | readonly string[];
  /** Whether a request may have several values of it. */
  readonly several: boolean;
}

/**
 * The condition keys that requests carry on this machine. A policy with any other is refused: it would never hold, or
 * always, without a word. A name that ends with a slash stands for all that begin with it.
 */
const keys: Readonly<Record<string, ConditionKey>> = {
  "aws:PrincipalAccount": { services: "any", several: false },
  "aws:PrincipalArn": { services: "any", several: false },
  "aws:RequestedRegion": { services: "any", several: false },
  "aws:RequestTag/": { services: ["batch"], several: false },
  "aws:ResourceTag/": { services: ["batch"], several: false },
  "aws:SourceAccount": { services: ["sts"], several: false },
  "aws:SourceArn": { services: ["sts"], several: false },
  "aws:TagKeys": { services: ["batch"], several: true },
  "iam:PassedToService": { services: ["iam"], several: false },
};

/** What a request carries whatever the service. AWS: "AWS global condition context keys". */
export const globalContext = ({ accountId, roleArn, arn }: Principal, region: string): RequestContext => ({
  "aws:PrincipalAccount": accountId,
  "aws:PrincipalArn": roleArn ?? arn,
  "aws:RequestedRegion": region,
});

/** Values of a key in a request; the names of keys are compared without regard to case. */
export function valuesOf(key: string, context: RequestContext): readonly string[] {
  const name = key.toLowerCase();
  const found = Object.entries(context).find(([candidate]) => candidate.toLowerCase() === name)?.[1];
  return found === undefined ? [] : [found].flat();
}

/**
 * What is wrong with a condition on a key; undefined when requests for all of the actions carry it.
 * @param actions patterns of the statement; undefined for one that says which actions it is not about
 * @param quantified whether the condition says if it is about all values or about any; undefined when it need not
 */
export function keyProblem(
  key: string,
  actions: readonly string[] | undefined,
  quantified: boolean | undefined,
): string | undefined {
  const known = Object.entries(keys).find(([name]) => isNamed(key, name))?.[1];
  if (!known) return `the condition key ${key} is not known on this machine`;
  const { services, several } = known;
  const without = (actions ?? ["*"]).filter((action) => services !== "any" && !services.includes(serviceOf(action)));
  if (without.length > 0) return `requests for ${without.join(", ")} do not carry the condition key ${key} here`;
  if (quantified !== undefined && several !== quantified)
    return several
      ? `${key} may have several values: ForAllValues: or ForAnyValue: must say which of them count`
      : `${key} has one value: neither ForAllValues: nor ForAnyValue: is for it`;
  return undefined;
}

function isNamed(key: string, name: string): boolean {
  const [given, known] = [key.toLowerCase(), name.toLowerCase()];
  return known.endsWith("/") ? given.startsWith(known) && given.length > known.length : given === known;
}

const serviceOf = (action: string) => action.split(":")[0] ?? action;
