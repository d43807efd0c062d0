import * as z from "zod";
import { lambdaEnvironment, readEnvironment } from "../../../handlers/runtime/environment.ts";

const schema = z.object({ TABLE: z.string().min(1), COUNT: z.coerce.number().default(3) });

test("variables are read by their schema, others are left out", () => {
  expect(readEnvironment(schema, { TABLE: "jobs", HOME: "/" })).toEqual({ TABLE: "jobs", COUNT: 3 });
});

test("all that is missing or wrong is told at once, and never a value", () => {
  const variables = { TABLE: "", COUNT: "secret" };
  expect(() => readEnvironment(schema, variables)).toThrow(/^environment: TABLE: .+; COUNT: .+/);
  expect(() => readEnvironment(schema, variables)).not.toThrow(/secret/);
});

test("Lambda tells a function its region", () => {
  expect(readEnvironment(lambdaEnvironment, { AWS_REGION: "eu-central-1" })).toEqual({ AWS_REGION: "eu-central-1" });
  expect(() => readEnvironment(lambdaEnvironment, {})).toThrow("AWS_REGION");
});
