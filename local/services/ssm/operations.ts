import { randomBytes } from "node:crypto";
import * as z from "zod";
import { JsonError } from "../json/json-error.ts";
import type { JsonOperation } from "../json/json-service.ts";
import { parseInput } from "../json/parse-input.ts";
import type { ObjectFiles } from "../object-files.ts";
import { newestFirst } from "../page.ts";
import type { Parameter } from "./model.ts";
import { parsePutParameter, written } from "./put-parameter.ts";

export interface ParameterStoreContext {
  readonly files: ObjectFiles<Parameter>;
  /** The ARN of a parameter, by its name or already an ARN. */
  readonly arnOf: (nameOrArn: string) => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const nameOrArn = z.string().min(1).max(2048);
const getParameterInput = z.strictObject({ Name: nameOrArn, WithDecryption: z.boolean().default(false) });
const getParametersInput = z.strictObject({
  Names: z.array(nameOrArn).min(1).max(10),
  WithDecryption: z.boolean().default(false),
});
const deleteParameterInput = z.strictObject({ Name: nameOrArn });
const describeParametersInput = z.strictObject({
  MaxResults: z.int().min(1).max(50).default(50),
  NextToken: z.string().optional(),
});

/** Parameter Store's operations on single parameters. Of a parameter only the latest version is kept. */
export function parameterStoreOperations(context: ParameterStoreContext): Record<string, JsonOperation> {
  const { files, arnOf, now } = context;
  const search = (wanted: string) =>
    files.all().find(({ name }) => (wanted.startsWith("arn:") ? arnOf(name) : name) === wanted);

  function find(wanted: string): Parameter {
    const found = search(wanted);
    if (found) return found;
    throw new JsonError("ParameterNotFound");
  }

  const details = (parameter: Parameter) => ({
    Name: parameter.name,
    ARN: arnOf(parameter.name),
    Type: parameter.type,
    Version: parameter.version,
    LastModifiedDate: parameter.modifiedAt,
    DataType: "text",
  });

  const withValue = (parameter: Parameter, decrypted: boolean) => ({
    ...details(parameter),
    Value: parameter.type === "SecureString" && !decrypted ? ciphertext() : parameter.value,
  });

  return {
    PutParameter(input) {
      const request = parsePutParameter(input);
      const sequence = files.nextSequence();
      const parameter = written(search(request.Name), request, { sequence, at: now() / 1000 });
      files.put(parameter);
      return { Version: parameter.version, Tier: parameter.tier };
    },

    GetParameter(input) {
      const { Name, WithDecryption } = parseInput(getParameterInput, input);
      return { Parameter: withValue(find(Name), WithDecryption) };
    },

    GetParameters(input) {
      const { Names, WithDecryption } = parseInput(getParametersInput, input);
      const wanted = [...new Set(Names)].map((one) => ({ one, found: search(one) }));
      return {
        Parameters: wanted.flatMap(({ found }) => (found ? [withValue(found, WithDecryption)] : [])),
        InvalidParameters: wanted.flatMap(({ one, found }) => (found ? [] : [one])),
      };
    },

    DeleteParameter(input) {
      files.delete(find(parseInput(deleteParameterInput, input).Name).parameterId);
      return {};
    },

    DescribeParameters(input) {
      const { MaxResults, NextToken } = parseInput(describeParametersInput, input);
      const { items, nextToken } = newestFirst(files.all(), { limit: MaxResults, nextToken: NextToken }, invalidToken);
      const Parameters = items.map((parameter) => ({
        ...details(parameter),
        Tier: parameter.tier,
        Description: parameter.description,
        KeyId: parameter.keyId,
      }));
      return { Parameters, NextToken: nextToken };
    },
  };
}

/** What a SecureString looks like to who does not ask for its decryption. */
const ciphertext = () => randomBytes(144).toString("base64");

const invalidToken = (message: string) => new JsonError("InvalidNextToken", message);
