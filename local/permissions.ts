import type { DeclaredFunction } from "./resources/stage-context.ts";
import { stringLike } from "./string-like.ts";

/**
 * Whether a function's resource policy lets a service invoke it on behalf of a resource. The local stage enforces
 * these permissions, since a stack that forgets one works nowhere.
 */
export const mayInvoke = ({ permissions }: DeclaredFunction, principal: string, sourceArn: string): boolean =>
  permissions.some(
    (permission) =>
      permission.principal === principal &&
      (permission.sourceArn === undefined || stringLike(permission.sourceArn, sourceArn)),
  );
