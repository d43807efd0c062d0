/** One constraint in dynalite's language for requests: the name of a type, or a type with rules and members. */
export type Schema = string | SchemaObject;

interface SchemaObject {
  type?: string;
  notNull?: boolean;
  enum?: readonly string[];
  children?: Schema | Schemas;
}

export interface Schemas {
  [member: string]: Schema;
}

export interface OperationSchema {
  readonly types: Schemas;
  readonly custom?: unknown;
}

const returnValuesOnFailure: Schemas = {
  ReturnValuesOnConditionCheckFailure: { type: "String", enum: ["ALL_OLD", "NONE"] },
};

const tableSettings: Schemas = {
  StreamSpecification: {
    type: "FieldStruct<StreamSpecification>",
    children: {
      StreamEnabled: { type: "Boolean", notNull: true },
      StreamViewType: { type: "String", enum: ["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"] },
    },
  },
  SSESpecification: {
    type: "FieldStruct<SSESpecification>",
    children: {
      Enabled: "Boolean",
      SSEType: { type: "String", enum: ["AES256", "KMS"] },
      KMSMasterKeyId: "String",
    },
  },
  TableClass: { type: "String", enum: ["STANDARD", "STANDARD_INFREQUENT_ACCESS"] },
  DeletionProtectionEnabled: "Boolean",
};

const tags: Schemas = {
  Tags: {
    type: "List",
    children: {
      type: "ValueStruct<Tag>",
      children: { Key: { type: "String", notNull: true }, Value: { type: "String", notNull: true } },
    },
  },
};

const attributeDefinitions: Schemas = {
  AttributeDefinitions: {
    type: "List",
    children: {
      type: "ValueStruct<AttributeDefinition>",
      children: {
        AttributeName: { type: "String", notNull: true },
        AttributeType: { type: "String", notNull: true, enum: ["B", "N", "S"] },
      },
    },
  },
};

/** Adds to dynalite's schemas the members it does not know; a member in no schema would be dropped without a word. */
export function extendSchemas(schemaOf: (operation: string) => Schemas): void {
  for (const operation of ["PutItem", "UpdateItem", "DeleteItem"]) {
    Object.assign(schemaOf(operation), returnValuesOnFailure);
  }
  Object.assign(schemaOf("CreateTable"), tableSettings, tags);
  Object.assign(schemaOf("UpdateTable"), tableSettings, attributeDefinitions);
}
