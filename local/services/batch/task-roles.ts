import type { Iam } from "../../iam/index.ts";
import type { SessionKey } from "../../iam/keyring.ts";

/**
 * Takes on a role for a task, as ECS does. Undefined for a role that no stack has, as those of connectors mostly are:
 * the task then has the developer's credentials.
 *
 * @param session the task's id
 * @throws Error in ECS's words when the role does not trust ECS
 */
export type TaskRoles = (roleArn: string, session: string) => SessionKey | undefined;

export interface TaskRolesOptions {
  readonly iam: Pick<Iam, "hasRole" | "assume">;
  readonly region: string;
  readonly accountId: string;
}

/** AWS: "Amazon ECS task IAM role", with the context its trust policy may ask about. */
export const createTaskRoles =
  ({ iam, region, accountId }: TaskRolesOptions): TaskRoles =>
  (roleArn, session) => {
    if (!iam.hasRole(roleArn)) return undefined;
    const context = { "aws:SourceArn": `arn:aws:ecs:${region}:${accountId}:*`, "aws:SourceAccount": accountId };
    const assumed = iam.assume(roleArn, { service: "ecs-tasks.amazonaws.com", session, context });
    if (assumed) return assumed.key;
    throw new Error(
      `ECS was unable to assume the role '${roleArn}' that was provided for this task. Please verify that the role ` +
        "being passed has the proper trust relationship and permissions and that your IAM user has permissions to " +
        "pass this role.",
    );
  };
