import { createServer, request } from "node:http";
import { connect } from "node:net";
import { mountRestApis } from "../../../local/gateway/mount.ts";
import type { RestApiConfig } from "../../../local/gateway/rest-api.ts";
import type { Decision } from "../../../local/iam/decision.ts";
import { document, functionArn } from "./document.ts";
import { accountId, authority, foreignKey, key, now, region, restApi, serve, sessionKey } from "./harness.ts";

function withResolvers() {
  let resolve: (value: string) => void = () => {};
  const promise = new Promise<string>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

type Server = Awaited<ReturnType<typeof serve>>;
let api: Server;
beforeAll(async () => {
  api = await serve();
});
afterAll(() => api.stop());

const post = (result: unknown, headers = {}) => api.send("POST", "/petapi/v1/result", headers, JSON.stringify(result));

describe("the event of a function", () => {
  test("is the one of a REST API, with null for what is absent", async () => {
    const { json } = await api.send("GET", "/petapi/v1/pets/7", {
      "User-Agent": "test",
      "X-Amzn-Trace-Id": "Root=1-a-b",
    });
    const hostname = "127.0.0.1";
    expect(json).toEqual({
      resource: "/pets/{id}",
      path: "/pets/7",
      httpMethod: "GET",
      headers: {
        Host: api.host,
        "User-Agent": "test",
        "X-Amzn-Trace-Id": "Root=1-a-b",
        "X-Forwarded-For": hostname,
        "X-Forwarded-Port": api.host.split(":")[1],
        "X-Forwarded-Proto": "http",
      },
      multiValueHeaders: {
        Host: [api.host],
        "User-Agent": ["test"],
        "X-Amzn-Trace-Id": ["Root=1-a-b"],
        "X-Forwarded-For": [hostname],
        "X-Forwarded-Port": [api.host.split(":")[1]],
        "X-Forwarded-Proto": ["http"],
      },
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: { id: "7" },
      stageVariables: null,
      requestContext: {
        accountId,
        apiId: "petapi",
        deploymentId: expect.stringMatching(/^[a-z0-9]{6}$/),
        domainName: hostname,
        domainPrefix: "127",
        extendedRequestId: expect.stringMatching(/^[\w+/]{15}=$/),
        httpMethod: "GET",
        identity: {
          accessKey: null,
          accountId: null,
          caller: null,
          cognitoAuthenticationProvider: null,
          cognitoAuthenticationType: null,
          cognitoIdentityId: null,
          cognitoIdentityPoolId: null,
          principalOrgId: null,
          sourceIp: hostname,
          user: null,
          userAgent: "test",
          userArn: null,
        },
        path: "/v1/pets/7",
        protocol: "HTTP/1.1",
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        requestTime: "04/Mar/2026:05:06:07 +0000",
        requestTimeEpoch: now.getTime(),
        resourceId: expect.stringMatching(/^[a-z0-9]{6}$/),
        resourcePath: "/pets/{id}",
        stage: "v1",
      },
      body: null,
      isBase64Encoded: false,
    });
  });

  test("has the identity of the signer, the name of the operation and the signed headers", async () => {
    const path = "/petapi/v1/pets?page=1";
    const headers = { "X-Tenant": "t" };
    const byUser = await api.sendSigned("POST", path, headers, '{"name":"a","kind":"cat"}');
    expect(byUser.json).toMatchObject({
      headers: { Authorization: expect.stringContaining("AKIALOCAL"), "x-amz-date": "20260304T050607Z" },
      requestContext: {
        operationName: "CreatePet",
        identity: {
          accessKey: "AKIALOCAL",
          accountId,
          caller: "AIDALOCAL",
          user: "AIDALOCAL",
          userArn: `arn:aws:iam::${accountId}:user/local`,
        },
      },
    });
    const byRole = await api.sendSigned("POST", path, headers, '{"name":"a","kind":"cat"}', { signWith: sessionKey });
    expect(byRole.json).toMatchObject({ requestContext: { identity: { caller: "AROALOCAL:session" } } });
  });

  test("keeps paths percent-encoded and the slash at their end, but decodes queries", async () => {
    const { json } = await api.sendSigned("GET", "/petapi/v1/files/a%2Bb//c%20d/?plus=test%2Ba&space=a+b");
    expect(json).toMatchObject({
      resource: "/files/{path+}",
      path: "/files/a%2Bb//c%20d/",
      pathParameters: { path: "a%2Bb//c%20d" },
      queryStringParameters: { plus: "test+a", space: "a b" },
      requestContext: { path: "/v1/files/a%2Bb//c%20d/" },
    });
  });

  test("has the last of repeated values and all of them, split at semicolons as well", async () => {
    const { json } = await api.send("GET", "/petapi/v1/pets/7?a=1&a=2;a=3&empty&b=", { "x-Many": ["1", "2"] });
    expect(json).toMatchObject({
      queryStringParameters: { a: "3", empty: "", b: "" },
      multiValueQueryStringParameters: { a: ["1", "2", "3"], empty: [""], b: [""] },
      headers: { "x-Many": "2" },
      multiValueHeaders: { "x-Many": ["1", "2"] },
    });
  });

  test("keeps the case of headers but for a few, and has none that end at the gateway", async () => {
    const sent = { "tEsT-HEADeR": "a", accept: "b", "accept-ENCODING": "c", "x-forwarded-for": "10.0.0.1" };
    const { json } = await api.send(
      "PUT",
      "/petapi/v1/pets",
      { ...sent, "Max-Forwards": "1", TE: "trailers", Connection: "close" },
      "x",
    );
    expect(Object.keys(Reflect.get(Object(json), "headers")).sort()).toEqual(
      [
        "Accept",
        "Accept-Encoding",
        "Host",
        "X-Amzn-Trace-Id",
        "X-Forwarded-For",
        "X-Forwarded-Port",
        "X-Forwarded-Proto",
        "tEsT-HEADeR",
      ].sort(),
    );
    expect(json).toMatchObject({ headers: { "X-Forwarded-For": "10.0.0.1, 127.0.0.1" } });
  });

  test("has bytes in base64 only when their type is a binary one", async () => {
    const bytes = Buffer.from([0x89, 0x50, 0xff, 0x00]);
    const png = await api.send("PUT", "/petapi/v1/pets", { "Content-Type": "image/png; q=1" }, bytes);
    expect(png.json).toMatchObject({ body: bytes.toString("base64"), isBase64Encoded: true });
    const other = await api.send("PUT", "/petapi/v1/pets", { "Content-Type": "image/gif" }, bytes);
    expect(other.json).toMatchObject({ body: bytes.toString("utf8"), isBase64Encoded: false });
  });

  test("goes to the function of the method, or to that of ANY", async () => {
    expect((await api.send("GET", "/petapi/v1/echo")).json).toBe("special");
    expect((await api.send("DELETE", "/petapi/v1/echo")).json).toMatchObject({ httpMethod: "DELETE" });
    expect((await api.send("GET", "/petapi/v1/")).json).toMatchObject({ resource: "/", path: "/" });
    expect((await api.send("GET", "/petapi/v1")).json).toMatchObject({ resource: "/", path: "/" });
  });
});

describe("the result of a function", () => {
  test("may lack everything: 200, JSON, empty", async () => {
    const reply = await post({});
    expect(reply).toMatchObject({ status: 200, text: "" });
    expect(reply.headers).toMatchObject({
      "content-type": "application/json",
      "content-length": "0",
      "x-amzn-requestid": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "x-amz-apigw-id": expect.stringMatching(/=$/),
      "x-amzn-trace-id": expect.stringMatching(/^Root=1-/),
    });
  });

  test("gives status, headers and body; the lists of values win over single ones of the same name", async () => {
    const { status, headers, text } = await post({
      statusCode: "418",
      headers: { "Content-Type": "text/plain", "X-Both": "single", "X-True": true },
      multiValueHeaders: { "x-both": ["1", "2"], "Set-Cookie": ["a=1", "b=2"] },
      body: "tea",
    });
    expect({ status, text }).toEqual({ status: 418, text: "tea" });
    expect(headers).toMatchObject({
      "content-type": "text/plain",
      "x-both": "1, 2",
      "x-true": "true",
      "set-cookie": ["a=1", "b=2"],
    });
  });

  test("has headers the gateway sets itself sent under another name", async () => {
    const { headers } = await post({
      headers: {
        Date: "d",
        "WWW-Authenticate": "Basic",
        "Content-Length": "99",
        Server: "s",
        "Transfer-Encoding": "chunked",
      },
      body: "abc",
    });
    expect(headers).toMatchObject({
      "x-amzn-remapped-date": "d",
      "x-amzn-remapped-www-authenticate": "Basic",
      "x-amzn-remapped-content-length": "99",
      "x-amzn-remapped-server": "s",
      "content-length": "3",
    });
    for (const name of ["www-authenticate", "server", "transfer-encoding"]) expect(headers[name]).toBeUndefined();
  });

  test("is decoded from base64 only for a client that accepts a binary type first", async () => {
    const result = { body: Buffer.from([0, 255]).toString("base64"), isBase64Encoded: true };
    expect((await post(result, { Accept: "image/png, text/plain" })).bytes).toEqual(Buffer.from([0, 255]));
    expect((await post(result, { Accept: "text/plain, image/png" })).text).toBe("AP8=");
    expect((await post(result)).text).toBe("AP8=");
  });

  test("has no body for 204", async () => {
    const reply = await post({ statusCode: 204, body: "x" });
    expect(reply).toMatchObject({ status: 204, text: "" });
    expect(reply.headers["content-length"]).toBeUndefined();
  });

  test.each([
    [null],
    ["text"],
    [[]],
    [{ statusCode: 200, cookies: [] }],
    [{ statusCode: "abc" }],
    [{ statusCode: 99 }],
    [{ statusCode: 200.5 }],
    [{ body: { a: 1 } }],
    [{ headers: { a: 1 } }],
    [{ headers: { a: ["1"] } }],
    [{ multiValueHeaders: { a: "1" } }],
    [{ headers: { "a b": "1" } }],
    [{ headers: { a: "1\r\nb: 2" } }],
    [{ isBase64Encoded: "true" }],
  ])("%j is malformed: 502", async (result) => {
    const { status, text, headers } = await post(result);
    expect({ status, text }).toEqual({ status: 502, text: '{"message": "Internal server error"}' });
    expect(headers["x-amzn-errortype"]).toBe("InternalServerErrorException");
  });
});

describe("the gateway answers by itself", () => {
  const refused = async (reply: ReturnType<Server["send"]>, status: number, errorType: string, body: string) => {
    const { headers, ...rest } = await reply;
    expect({ status: rest.status, text: rest.text }).toEqual({ status, text: body });
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      "x-amzn-errortype": errorType,
      "x-amzn-requestid": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "x-amz-apigw-id": expect.stringMatching(/^[\w+/]{15}=$/),
    });
    expect(headers["x-amzn-trace-id"]).toBeUndefined();
  };
  const missingToken = '{"message":"Missing Authentication Token"}';
  const missingTokenException = "MissingAuthenticationTokenException";

  test("an unknown path or method", async () => {
    await refused(api.send("GET", "/petapi/v1/nothing"), 403, missingTokenException, missingToken);
    await refused(api.send("DELETE", "/petapi/v1/pets"), 403, missingTokenException, missingToken);
    await refused(api.sendSigned("GET", "/petapi/v1/nothing"), 403, missingTokenException, missingToken);
  });

  test("a bearer token on an unknown path", () =>
    refused(
      api.send("GET", "/petapi/v1/nothing", { Authorization: "Bearer abc" }),
      403,
      "IncompleteSignatureException",
      JSON.stringify({
        message: "'abc' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer abc'.",
      }),
    ));

  test("an unsigned call of a signed method, and one with an unknown key", async () => {
    await refused(api.send("POST", "/petapi/v1/pets"), 403, missingTokenException, missingToken);
    const signWith = { ...key, accessKeyId: "AKIAUNKNOWN" };
    await refused(
      api.sendSigned("POST", "/petapi/v1/pets", {}, "", { signWith }),
      403,
      "UnrecognizedClientException",
      '{"message":"The security token included in the request is invalid."}',
    );
  });

  test("a caller of another account", () =>
    refused(
      api.sendSigned("GET", "/petapi/v1/files/a", {}, "", { signWith: foreignKey }),
      403,
      "AccessDeniedException",
      JSON.stringify({
        Message:
          "User: arn:aws:iam::111111111111:user/other is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-central-1:********0000:petapi/v1/GET/files/a",
      }),
    ));

  test("with the first fault of a request that has all of them: route, signature, account, parameters, body", async () => {
    const body = "not json";
    const wrongSecret = { ...key, secretAccessKey: "wrong" };
    const faults = [
      await api.sendSigned("POST", "/petapi/v1/pet", {}, body, { signWith: wrongSecret }),
      await api.sendSigned("POST", "/petapi/v1/pets", {}, body, { signWith: wrongSecret }),
      await api.sendSigned("POST", "/petapi/v1/pets", {}, body, { signWith: foreignKey }),
      await api.sendSigned("POST", "/petapi/v1/pets", {}, body),
      await api.sendSigned("POST", "/petapi/v1/pets?page=1", { "X-Tenant": "t" }, body),
      await api.sendSigned("POST", "/petapi/v1/pets?page=1", { "X-Tenant": "t" }, '{"name":"a","kind":"cat"}'),
    ];
    expect(faults.map(({ status, headers }) => `${status} ${headers["x-amzn-errortype"] ?? ""}`)).toEqual([
      "403 MissingAuthenticationTokenException",
      "403 InvalidSignatureException",
      "403 AccessDeniedException",
      "400 BadRequestException",
      "400 BadRequestException",
      "200 ",
    ]);
    expect(faults[3]?.text).toContain("parameters");
    expect(faults[4]?.text).toContain("body");
  });

  test("missing and blank parameters, the headers first, before the body is looked at", async () => {
    await refused(
      api.sendSigned("POST", "/petapi/v1/pets?page=%20", {}, "not json"),
      400,
      "BadRequestException",
      '{"message": "Missing required request parameters: [X-Tenant, page]"}',
    );
    await refused(
      api.sendSigned("POST", "/petapi/v1/pets?page=1", { "x-tenant": "in the wrong case" }),
      400,
      "BadRequestException",
      '{"message": "Missing required request parameters: [X-Tenant]"}',
    );
  });

  test.each([
    ["not JSON", "application/json", "{"],
    ["without a required member", "application/json; charset=utf-8", '{"name":"a"}'],
    ["not there at all, which counts as {}", "application/json", ""],
    ["with null for a nullable member", "application/json", '{"name":"a","kind":"cat","owner":null}'],
    ["invalid deep inside", "application/json", '{"name":"a","kind":"cat","friends":[{"name":""}]}'],
  ])("a body that is %s", (_, type, body) =>
    refused(
      api.send("PATCH", "/petapi/v1/pets", { "Content-Type": type }, body),
      400,
      "BadRequestException",
      '{"message": "Invalid request body"}',
    ),
  );

  test("but not a body of a type without a model, nor one of a method whose validator does not check bodies", async () => {
    expect((await api.send("PATCH", "/petapi/v1/pets", { "Content-Type": "text/plain" }, "{")).status).toBe(200);
    expect((await api.send("PUT", "/petapi/v1/pets", { "Content-Type": "application/json" }, "{")).status).toBe(200);
  });

  test("an empty body passes where an empty object would", async () => {
    expect((await api.send("POST", "/petapi/v1/optional")).status).toBe(200);
    expect((await api.send("POST", "/petapi/v1/optional", {}, "[]")).status).toBe(400);
  });

  test("a body without a content type is taken for JSON", async () => {
    expect((await api.send("PATCH", "/petapi/v1/pets", {}, "{")).status).toBe(400);
    expect((await api.send("PATCH", "/petapi/v1/pets", {}, '{"name":"a","kind":"cat"}')).status).toBe(200);
  });

  test("a body of more than 10 MB, and not one byte less", async () => {
    const limit = 10 * 1024 * 1024;
    const headers = { "Content-Type": "text/plain" };
    await refused(
      api.send("PUT", "/petapi/v1/pets", headers, Buffer.alloc(limit + 1)),
      413,
      "RequestTooLargeException",
      '{"message":"Request Too Long"}',
    );
    expect((await api.send("PUT", "/petapi/v1/pets", headers, Buffer.alloc(limit))).status).toBe(200);
  });

  test("for a function that failed, without saying how", () =>
    refused(
      api.send("GET", "/petapi/v1/throwing"),
      502,
      "InternalServerErrorException",
      '{"message": "Internal server error"}',
    ));

  test("for a function that is not there", () =>
    refused(
      api.send("GET", "/petapi/v1/absent"),
      500,
      "InternalServerErrorException",
      '{"message": "Internal server error"}',
    ));

  test("for a function that the method may not invoke, which is asked with the method's ARN", async () => {
    const asked: string[] = [];
    const forbidding = await serve({
      function(...arns) {
        asked.push(...arns);
        return undefined;
      },
    });
    try {
      expect((await forbidding.send("GET", "/petapi/v1/pets/7?page=1")).status).toBe(500);
      expect(asked).toEqual([
        functionArn("echo"),
        `arn:aws:execute-api:eu-central-1:${accountId}:petapi/v1/GET/pets/{id}`,
      ]);
    } finally {
      await forbidding.stop();
    }
  });

  test("for a function that takes longer than the integration waits", () =>
    refused(
      api.send("GET", "/petapi/v1/slow"),
      504,
      "InternalServerErrorException",
      '{"message": "Endpoint request timed out"}',
    ));

  test("when it fails itself: the error is reported, and the client learns nothing of it", async () => {
    const reported: unknown[] = [];
    const failing = await serve({ onInternalError: (error, requestId) => reported.push(error, requestId) });
    try {
      const reply = await failing.send("GET", "/petapi/v1/rejecting");
      expect({ status: reply.status, text: reply.text }).toEqual({
        status: 500,
        text: '{"message": "Internal server error"}',
      });
      expect(reported).toEqual([new Error("the sandbox is gone"), reply.headers["x-amzn-requestid"]]);
    } finally {
      await failing.stop();
    }
  });

  test.each(["/petapi/v1/pets/%zz?a=%", "/petapi/v1/pets/7?a=%ff", "/petapi/v1/files/../pets/7"])(
    "a target that cannot be understood: %s",
    (path) => refused(api.send("GET", path), 400, "BadRequestException", '{"message":"Bad Request"}'),
  );

  test("beyond the rate of its method, while other methods are served", async () => {
    const slow = await serve({ throttle: { rateLimit: 0.001, burstLimit: 2 } });
    try {
      const replies = await Promise.all(Array.from({ length: 4 }, () => slow.send("GET", "/petapi/v1/pets/7")));
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 429, 429]);
      const throttled = slow.send("GET", "/petapi/v1/pets/7");
      await refused(throttled, 429, "TooManyRequestsException", '{"message":"Too Many Requests"}');
      expect((await slow.send("POST", "/petapi/v1/result", {}, '{"statusCode":200}')).status).toBe(200);
      expect((await slow.send("GET", "/petapi/v1/nothing")).status).toBe(403);
    } finally {
      await slow.stop();
    }
  });

  test("for an API or a stage it does not know", async () => {
    for (const path of ["/other/v1/pets", "/petapi/v2/pets", "/petapi", "/"]) {
      const { status, text, headers } = await api.send("GET", path);
      expect({ status, text }).toEqual({ status: 403, text: '{"message":"Forbidden"}' });
      expect(headers["x-amzn-errortype"]).toBe("ForbiddenException");
    }
  });
});

describe("a mock integration", () => {
  test("answers a preflight without a signature", async () => {
    const reply = await api.send("OPTIONS", "/petapi/v1/pets", { Origin: "https://a.test" });
    expect(reply).toMatchObject({ status: 200, text: "" });
    expect(reply.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "content-type": "application/json",
      "content-length": "0",
    });
    expect(reply.headers["x-amzn-requestid"]).toBeDefined();
  });

  test("answers with the response whose pattern fits the status of the template", async () => {
    expect(await api.send("POST", "/petapi/v1/strict-mock")).toMatchObject({ status: 404, text: '{"gone":true}' });
  });

  test("refuses other types when it never passes a body through", async () => {
    const reply = await api.send("POST", "/petapi/v1/strict-mock", { "Content-Type": "text/plain" }, "x");
    expect(reply).toMatchObject({ status: 415, text: '{"message": "Unsupported Media Type"}' });
    expect((await api.send("POST", "/petapi/v1/strict-mock", { "Content-Type": "constructor" }, "x")).status).toBe(415);
  });

  test("fails for a binary type, which it does not convert", async () => {
    expect((await api.send("OPTIONS", "/petapi/v1/pets", { "Content-Type": "image/png" }, "x")).status).toBe(500);
  });
});

describe("gateway responses", () => {
  const shape =
    '{"code":"$context.error.responseType","message":$context.error.messageString,"details":"$context.error.validationErrorString","path":"$context.path","requestId":"$context.requestId"}';
  let shaped: Server;
  beforeAll(async () => {
    const gatewayResponses = {
      DEFAULT_4XX: {
        responseParameters: { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" },
        responseTemplates: { "application/json": shape },
      },
      DEFAULT_5XX: { responseTemplates: { "application/json": shape } },
      MISSING_AUTHENTICATION_TOKEN: {
        statusCode: "404",
        responseTemplates: { "application/json": '{"lost":"$context.httpMethod"}' },
      },
    };
    shaped = await serve({ document: { ...document, "x-amazon-apigateway-gateway-responses": gatewayResponses } });
  });
  afterAll(() => shaped.stop());

  test("the type's own one is taken first, with the status it says", async () => {
    const reply = await shaped.send("GET", "/petapi/v1/nothing");
    expect(reply).toMatchObject({ status: 404, text: '{"lost":"GET"}' });
    expect(reply.headers["x-amzn-errortype"]).toBe("MissingAuthenticationTokenException");
  });

  test("then the default of its class, where messages and violations are valid JSON", async () => {
    const reply = await shaped.send("PATCH", "/petapi/v1/pets", {}, '{"name":"a","x\\"y":1}');
    expect(reply.status).toBe(400);
    expect(reply.headers["access-control-allow-origin"]).toBe("*");
    expect(reply.json).toEqual({
      code: "BAD_REQUEST_BODY",
      message: "Invalid request body",
      details:
        '[object has missing required properties (["kind"]), object instance has properties which are not allowed by the schema: ["x\\"y"]]',
      path: "/v1/pets",
      requestId: reply.headers["x-amzn-requestid"],
    });
    const mismatch = await shaped.sendSigned("GET", "/petapi/v1/files/a", {}, "", {
      signWith: { ...key, secretAccessKey: "wrong" },
    });
    expect(mismatch.json).toMatchObject({
      code: "INVALID_SIGNATURE",
      message: expect.stringContaining("'GET\n/petapi/v1/files/a\n"),
      details: "",
    });
  });

  test("errors of the server have theirs", async () => {
    expect((await shaped.send("GET", "/petapi/v1/throwing")).json).toMatchObject({ code: "DEFAULT_5XX" });
    expect((await shaped.send("GET", "/petapi/v1/slow")).json).toMatchObject({ code: "INTEGRATION_TIMEOUT" });
  });
});

describe("the access log", () => {
  test("has one line for each request, as the stage formats it", async () => {
    const lines: unknown[] = [];
    const fields = ["httpMethod", "resourcePath", "status", "identity.userArn", "identity.userAgent", "responseLength"];
    const more = [
      "integration.status",
      "integrationStatus",
      "integration.error",
      "error.responseType",
      "operationName",
    ];
    const format = `{"id":"$context.requestId","message":"$context.error.message",${[...fields, ...more]
      .map((field) => `"${field}":"$context.${field}"`)
      .join(",")}}`;
    const logging = await serve({ accessLog: { format, write: (line) => lines.push(JSON.parse(line)) } });
    try {
      const ok = await logging.sendSigned("GET", "/petapi/v1/files/a", { "User-Agent": 'a "quoted" agent' });
      const failed = await logging.send("GET", "/petapi/v1/throwing");
      const absent = { "identity.userArn": "-", "identity.userAgent": "-", operationName: "-" };
      expect(lines).toEqual([
        {
          id: ok.headers["x-amzn-requestid"],
          message: "-",
          httpMethod: "GET",
          resourcePath: "/files/{path+}",
          status: "200",
          "identity.userArn": `arn:aws:iam::${accountId}:user/local`,
          "identity.userAgent": 'a "quoted" agent',
          responseLength: String(ok.bytes.length),
          "integration.status": "200",
          integrationStatus: "200",
          "integration.error": "-",
          "error.responseType": "-",
          operationName: "-",
        },
        {
          ...absent,
          id: failed.headers["x-amzn-requestid"],
          message: "Internal server error",
          httpMethod: "GET",
          resourcePath: "/throwing",
          status: "502",
          responseLength: "36",
          "integration.status": "-",
          integrationStatus: "200",
          "integration.error": "TypeError: secret stack",
          "error.responseType": "DEFAULT_5XX",
        },
      ]);
    } finally {
      await logging.stop();
    }
  });
});

describe("a resource policy", () => {
  const policyOf = (...statements: object[]) => ({ Version: "2012-10-17", Statement: statements });
  const allow = (account: string, resource: string) => ({
    Effect: "Allow",
    Principal: { AWS: account },
    Action: "execute-api:Invoke",
    Resource: resource,
  });
  const statuses = async (resourcePolicy: unknown) => {
    const guarded = await serve({ resourcePolicy });
    try {
      const replies = await Promise.all([
        guarded.sendSigned("GET", "/petapi/v1/files/a"),
        guarded.sendSigned("GET", "/petapi/v1/files/a", {}, "", { signWith: foreignKey }),
        guarded.send("GET", "/petapi/v1/pets/7"),
      ]);
      return replies.map(({ status }) => status);
    } finally {
      await guarded.stop();
    }
  };

  test("lets another account in where it says so; the API's own account is in already, unsigned callers are not", async () => {
    const foreign = "arn:aws:iam::111111111111:root";
    expect(await statuses(policyOf(allow(foreign, "execute-api:/v1/GET/files/*")))).toEqual([200, 200, 403]);
    expect(await statuses(policyOf(allow("111111111111", "arn:aws:execute-api:*:*:petapi/v1/POST/*")))).toEqual([
      200, 403, 403,
    ]);
    expect(await statuses(policyOf(allow("*", "*")))).toEqual([200, 200, 200]);
  });

  test("shuts everybody out by a Deny, whatever else allows", async () => {
    const deny = { ...allow("*", "execute-api:/*/GET/files/*"), Effect: "Deny" };
    expect(await statuses(policyOf(allow("*", "*"), deny))).toEqual([403, 403, 200]);
  });
});

describe("what a caller's own policies say", () => {
  const path = "/petapi/v1/files/a";
  const policy = (Effect: string) => ({
    Version: "2012-10-17",
    Statement: [{ Effect, Principal: "*", Action: "execute-api:Invoke", Resource: "*" }],
  });
  const reply = async (decision: Decision, resourcePolicy?: unknown) => {
    const asked: unknown[] = [];
    const decide: RestApiConfig["authority"]["decide"] = async ({ arn }, access) => {
      asked.push([arn, access]);
      return decision;
    };
    const guarded = await serve({ authority: { ...authority, decide }, resourcePolicy });
    try {
      const { status, json } = await guarded.sendSigned("GET", path, {}, "", { signWith: sessionKey });
      return { status, json, asked };
    } finally {
      await guarded.stop();
    }
  };
  const user = `arn:aws:sts::${accountId}:assumed-role/role/session`;
  const resource = `arn:aws:execute-api:${region}:${accountId}:petapi/v1/GET/files/a`;
  const refused = (because: string) => ({
    status: 403,
    json: {
      Message: `User: ${user} is not authorized to perform: execute-api:Invoke on resource: ${resource.replace(accountId, "********0000")} ${because}`,
    },
  });
  const by = { policy: "p", statement: 0 };

  test("is asked for the method as it was called, and lets in", async () => {
    const { status, asked } = await reply({ effect: "allowed", by });
    expect(status).toBe(200);
    expect(asked).toEqual([[user, { action: "execute-api:Invoke", resource }]]);
  });

  test("keeps out whom no policy allows it, but where the API's own does", async () => {
    expect(await reply({ effect: "not allowed" })).toMatchObject(
      refused("because no identity-based policy allows the execute-api:Invoke action"),
    );
    expect(await reply({ effect: "not allowed" }, policy("Allow"))).toMatchObject({ status: 200 });
  });

  test("keeps out whom one denies it, whatever the API's own says, and the other way round", async () => {
    const denied = refused("with an explicit deny in an identity-based policy");
    expect(await reply({ effect: "denied", by }, policy("Allow"))).toMatchObject(denied);
    expect(await reply({ effect: "allowed", by }, policy("Deny"))).toMatchObject(refused("with an explicit deny"));
  });
});

describe("on the wire", () => {
  test("a client that goes away while the function runs is still logged, and nothing waits for it", async () => {
    const [started, finish, logged] = [withResolvers(), withResolvers(), withResolvers()];
    const waiting = await serve({
      accessLog: { format: "$context.requestId $context.status", write: (line) => logged.resolve(line) },
      function: (arn) => ({
        arn,
        timeoutSeconds: 1,
        invoke: async () => {
          started.resolve("");
          await finish.promise;
          return { requestId: "r", ok: true, payload: { body: "too late" } };
        },
      }),
    });
    try {
      const [, port] = waiting.host.split(":");
      const socket = connect(Number(port), "127.0.0.1");
      socket.write("GET /petapi/v1/pets/7 HTTP/1.1\r\nHost: a\r\n\r\n");
      await started.promise;
      socket.destroy();
      await waiting.connectionsClosed();
      finish.resolve("");
      expect(await logged.promise).toMatch(/ 200$/);
    } finally {
      await waiting.stop();
    }
  });

  test("an answered call leaves no timer behind that would keep the process alive", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    const before = timers();
    await Promise.all(Array.from({ length: 20 }, () => api.send("GET", "/petapi/v1/pets/7")));
    expect(timers()).toBeLessThan(before + 20);
  });

  test("a client that goes away in the middle of its request harms nobody", async () => {
    const [, port] = api.host.split(":");
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("PUT /petapi/v1/pets HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
    socket.end();
    socket.resume();
    await new Promise((resolve) => socket.once("close", resolve));
    expect((await api.send("GET", "/petapi/v1/pets/7")).status).toBe(200);
  });

  test("the signature covers the whole target, the API needs only the part after the stage", async () => {
    const seen: string[] = [];
    const bare = restApi({
      function: (arn) => ({
        arn,
        timeoutSeconds: 1,
        invoke: async (event) => {
          seen.push(String(Reflect.get(Object(event), "path")));
          return { requestId: "r", ok: true, payload: {} };
        },
      }),
    });
    const server = createServer((incoming, response) => void bare.handle(incoming, response, "/pets/7?a=1"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const status = await new Promise((resolve) => {
      request({ port, host: "127.0.0.1", path: "/any/prefix/pets/7", agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    server.close();
    expect({ status, seen }).toEqual({ status: 200, seen: ["/pets/7"] });
  });
});

test("two APIs with the same id and stage cannot be mounted", () => {
  expect(() => mountRestApis([restApi(), restApi()])).toThrow("same id and stage");
  expect(() => mountRestApis([restApi(), restApi({ stageName: "v2" })])).not.toThrow();
});
