import { type Api, type Operation, operationNames, operationOf } from "../../handlers/runtime/api/description.ts";
import type { Rule } from "../validation/index.ts";

/** What API Gateway refuses when it imports a document (API Gateway: Important notes). */
export function importProblems(api: Api): Rule[] {
  const seen = new Map<string, string>();
  return operationNames(api).flatMap((name): Rule[] => {
    const { method, path, parameters }: Operation = operationOf(api, name);
    const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, parameter = ""]) => parameter);
    const described = Object.keys(parameters?.shape ?? {});
    const route = `${method} ${path}`;
    const earlier = seen.get(route);
    seen.set(route, name);
    const at = `api.${name}`;
    return [
      [!/^[A-Za-z0-9]+$/.test(name), `${at} must be letters and digits: its schemas are named for it`],
      [earlier !== undefined, `${at} is ${route}, and so is ${earlier}`],
      [
        !/^(\/([\w.,-]+|\{[\w.-]+\}))+$/.test(path),
        `${at}.path is ${path}, but each segment must be a name or a whole {parameter}`,
      ],
      [path === "/ping" || path === "/sping", `${at}.path is ${path}, which API Gateway keeps for itself`],
      [
        inPath.toSorted().join() !== described.toSorted().join(),
        `${at}.parameters are ${described.join(", ") || "none"}, but its path has ${inPath.join(", ") || "none"}`,
      ],
    ];
  });
}
