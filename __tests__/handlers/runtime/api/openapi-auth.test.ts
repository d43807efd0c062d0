import * as z from "zod";
import { connectorFrameworkApi } from "../../../../handlers/connector-framework/contract/api.ts";
import type { Api, Operation } from "../../../../handlers/runtime/api/description.ts";
import { gatewayDocument, openApiDocument } from "../../../../handlers/runtime/api/openapi.ts";

const documentShape = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
  components: z.record(z.string(), z.unknown()),
});

const api: Api = connectorFrameworkApi;

describe("who may call an operation", () => {
  const operation = (path: Operation["path"], auth?: Operation["auth"]): Operation => ({
    method: "GET",
    path,
    summary: "",
    success: { status: 204 },
    errors: [],
    ...(auth && { auth }),
  });
  const operations = { Own: operation("/own"), Signed: operation("/signed", "iam"), Open: operation("/open", "none") };

  test.each([
    ["iam", ["/own", "/signed"]],
    ["none", ["/signed"]],
  ] as const)("is what it says itself, and else what its API says: %s", (auth, signed) => {
    for (const made of [openApiDocument, (of: Api) => gatewayDocument(of, "arn:invoke")]) {
      const { paths, components } = documentShape.parse(made({ ...api, auth, operations }));
      const withSecurity = Object.entries(paths).filter(([, { get }]) => get && "security" in get);
      expect(withSecurity.map(([path]) => path)).toEqual(signed);
      expect(components).toHaveProperty("securitySchemes.sigv4");
    }
  });

  test("an API that everybody may call has no scheme, and an open operation refuses nobody", () => {
    const { paths, components } = documentShape.parse(
      openApiDocument({ ...api, operations: { Open: operations.Open } }),
    );
    expect(components).not.toHaveProperty("securitySchemes");
    expect(Object.keys(Object(paths["/open"]?.get?.responses))).toEqual(["204", "400", "429", "500", "503"]);
  });
});
