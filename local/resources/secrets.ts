import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ResourceExistsException,
  type SecretsManagerClient,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, ParameterNotFound, PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import * as z from "zod";
import { kind, type ResourceKinds } from "./resource.ts";
import { unless } from "./unless.ts";

/** What a stack's resources make in AWS Secrets Manager. */
export const secretsManagerKinds = (client: SecretsManagerClient): ResourceKinds =>
  new Map([["aws_secretsmanager_secret", secret(client)]]);

/** What a stack's resources make in Parameter Store. */
export const parameterStoreKinds = (client: SSMClient): ResourceKinds =>
  new Map([["aws_ssm_parameter", parameter(client)]]);

/** The secret without a value: whoever has it puts it in, here and on AWS. */
const secret = (client: SecretsManagerClient) =>
  kind(
    z.object({ name: z.string(), description: z.string().default(""), kms_key_id: z.string().optional() }),
    // Nothing is deleted or replicated here, and policies of secrets are not enforced.
    ["policy", "recovery_window_in_days", "force_overwrite_replica_secret"],
    async ({ name, description, kms_key_id }) => {
      const settings = { Description: description, ...(kms_key_id !== undefined && { KmsKeyId: kms_key_id }) };
      const made = await unless(
        ResourceExistsException,
        client.send(new CreateSecretCommand({ Name: name, ...settings })),
      );
      if (made) return { arn: made.ARN, id: made.ARN };
      const existing = await client.send(new DescribeSecretCommand({ SecretId: name }));
      const changed = existing.Description !== description || (kms_key_id ?? existing.KmsKeyId) !== existing.KmsKeyId;
      if (changed) await client.send(new UpdateSecretCommand({ SecretId: name, ...settings }));
      return { arn: existing.ARN, id: existing.ARN };
    },
  );

const parameter = (client: SSMClient) =>
  kind(
    z.object({
      name: z.string(),
      type: z.enum(["String", "StringList", "SecureString"]),
      value: z.string().optional(),
      insecure_value: z.string().optional(),
      description: z.string().default(""),
      key_id: z.string().optional(),
      tier: z.enum(["Standard", "Advanced", "Intelligent-Tiering"]).optional(),
      data_type: z.literal("text").optional(),
    }),
    // What an earlier start made is the stack's own.
    ["overwrite"],
    async ({ name, type, value, insecure_value, description, key_id, tier }, _, { address }) => {
      const wanted = value ?? insecure_value;
      if (wanted === undefined) throw new Error(`${address}: needs a value`);
      const read = () => client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      const existing = await unless(ParameterNotFound, read());
      const request = {
        ...{ Name: name, Type: type, Value: wanted, Description: description, Overwrite: existing !== undefined },
        ...(key_id !== undefined && { KeyId: key_id }),
        ...(tier !== undefined && { Tier: tier }),
      };
      // Its description alone is no reason to write it: that would be a new version at every start.
      const same = existing?.Parameter?.Value === wanted && existing.Parameter.Type === type;
      if (!same) await client.send(new PutParameterCommand(request));
      const { Parameter } = same ? existing : await read();
      return { arn: Parameter?.ARN, id: name, version: Parameter?.Version };
    },
  );
