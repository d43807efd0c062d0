import type { Rule } from "../validation/index.ts";

/** Bytes of all names and values together (AWS Lambda: Lambda quotas). */
const longest = 4096;

/** Names Lambda sets itself (AWS Lambda: Defined runtime environment variables). */
const reserved =
  /^(_|AWS_(ACCESS_KEY|DEFAULT_REGION|EXECUTION_ENV|LAMBDA_|REGION|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_)/;

/** Rules of a function's variables. An optional variable that is undefined is not set. */
export function variableProblems(variables: Readonly<Record<string, unknown>>): Rule[] {
  const set = Object.entries(variables).filter(([, value]) => value !== undefined);
  const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(set)));
  return [
    ...set.flatMap(([name, value]): Rule[] => [
      [typeof value !== "string", `environment.${name} is ${typeof value}, but variables are text`],
      [reserved.test(name), `environment.${name} is reserved by Lambda`],
      [!/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name), `environment.${name} must be letters, digits and underscores`],
    ]),
    [bytes > longest, `environment has ${bytes} bytes, but may have ${longest}`],
  ];
}
