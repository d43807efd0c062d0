import { createHash } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { SignatureError, type SignatureFault } from "../../../local/signatures/signature-error.ts";
import { signingKey } from "../../../local/signatures/signing-key.ts";
import { verifySignature } from "../../../local/signatures/verify.ts";
import { type NameValue, parseQuery } from "../../../local/signatures/wire-request.ts";
import { authority, key, now, region, sessionKey } from "../gateway/harness.ts";
import { canonicalPath, canonicalQuery, signIndependently } from "../gateway/oracle.ts";

interface Wire {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly NameValue[];
  readonly body: Uint8Array;
}

const rules = { service: "execute-api", region, credentials: authority.ownerOf, allowedSkewSeconds: 5 * 60 };
const verify = async ({ query, ...wire }: Wire, at = now, changes: Partial<typeof rules> = {}) =>
  verifySignature({ ...wire, query: parseQuery(query) }, { ...rules, ...changes, now: at });

/** The refusal a request gets, or undefined when it is accepted. */
const refusal = (wire: Wire, at = now) =>
  verify(wire, at).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof SignatureError) return error;
      throw error;
    },
  );

const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

// What clients send: any text, percent-encoded; slashes may come twice, and a slash may stand at the end.
const text = fc.string({ unit: "binary", maxLength: 8 });
const segment = fc
  .oneof(text, fc.constantFrom("", "a b", "ä/ö", "100%", "+", "~:@()"))
  .filter((value) => value !== "." && value !== "..")
  .map(encode);
const pathArbitrary = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join("/")}`);
const queryArbitrary = fc
  .array(fc.tuple(fc.oneof(text, fc.constantFrom("a", "b", "a-")), fc.oneof(text, fc.constantFrom("", "+", "1 2"))), {
    maxLength: 5,
  })
  .map((pairs) => pairs.filter(([name]) => !["", "__proto__"].includes(name) && !/^x-amz-/i.test(name)));
const headersArbitrary = fc.dictionary(
  fc.stringMatching(/^x-t[a-z0-9-]{0,6}$/),
  fc.stringMatching(/^[!-~]([ -~]{0,10}[!-~])?$/),
  { maxKeys: 3 },
);
const requestArbitrary = fc.record({
  method: fc.constantFrom("GET", "POST", "DELETE"),
  path: pathArbitrary,
  query: queryArbitrary,
  headers: headersArbitrary,
  body: fc.uint8Array({ maxLength: 20 }),
  signWith: fc.constantFrom<typeof key & { sessionToken?: string }>(key, sessionKey),
  presigned: fc.boolean(),
});
type Request = typeof requestArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

/** Signs with the AWS SDK's own signer and gives the request as it goes over the wire. */
async function sign({ method, path, query, headers, body, signWith, presigned }: Request): Promise<Wire> {
  const values = new Map<string, string[]>();
  for (const [name, value] of query) values.set(name, [...(values.get(name) ?? []), value]);
  const request = new HttpRequest({
    method,
    path,
    query: Object.fromEntries(values),
    headers: { host: "a.test", ...headers },
    body,
  });
  const signer = new SignatureV4({ service: "execute-api", region, credentials: signWith, sha256: Sha256 });
  const signed = presigned
    ? await signer.presign(request, { signingDate: now, expiresIn: 60 })
    : await signer.sign(request, { signingDate: now });
  const wireQuery = Object.entries(signed.query ?? {}).flatMap(([name, value]) =>
    [value ?? ""].flat().map((each) => `${encode(name)}=${encode(each)}`),
  );
  return { method, path, query: wireQuery.join("&"), headers: Object.entries(signed.headers), body };
}

const replaceAt = (value: string, position: number, character: string) =>
  value.slice(0, position) + character + value.slice(position + 1);

/** Another printable character at a random place; undefined when there is no place. */
const mutate = (value: string, place: number, character: string) =>
  value === "" ? undefined : replaceAt(value, place % value.length, character);

const canonicalOr = (canonical: (value: string) => string, value: string) => {
  try {
    return canonical(value);
  } catch {
    return undefined;
  }
};

const target = "/v1/pets/a%20b";
const unsigned = {
  method: "POST",
  path: target,
  query: "b=2&a=%2B&a=",
  headers: { Host: "a.test", "Content-Type": "application/json" },
  body: '{"a":1}',
};
const presignedRequest: Request = {
  ...unsigned,
  method: "GET",
  query: [],
  headers: {},
  body: new Uint8Array(),
  signWith: key,
  presigned: true,
};
const basic = "20260304T050607Z";
const toWire = (headers: Record<string, string>, changes: Partial<Wire> = {}): Wire => ({
  ...unsigned,
  headers: Object.entries(headers),
  body: Buffer.from(unsigned.body),
  ...changes,
});
const signed = (more: Partial<Parameters<typeof signIndependently>[2]> = {}, signWith: typeof key = key) =>
  signIndependently(unsigned, signWith, { date: basic, region, ...more });
const withAuthorization = (change: (authorization: string) => string) => {
  const headers = signed();
  return toWire({ ...headers, Authorization: change(headers.Authorization ?? "") });
};

describe("a signature is accepted", () => {
  test("when the SDK made it, over whatever path, query, headers and body, in the header or the query", async () => {
    await fc.assert(
      fc.asyncProperty(requestArbitrary, async (request) => {
        expect(await verify(await sign(request))).toMatchObject({ accessKeyId: request.signWith.accessKeyId });
      }),
      { numRuns: 300 },
    );
  });

  test("when it was made after the specification by other code, for as many requests", async () => {
    await fc.assert(
      fc.asyncProperty(requestArbitrary, async ({ query, headers, ...request }) => {
        const wire = {
          ...request,
          query: query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&"),
          headers: { Host: "a.test", ...headers },
        };
        const signedHeaders = signIndependently(wire, request.signWith, { date: basic, region });
        await verify({ ...wire, headers: Object.entries(signedHeaders) });
      }),
      { numRuns: 300 },
    );
  });

  test("with the owner of the key", async () => {
    expect(await verify(toWire(signed()))).toEqual({
      accessKeyId: "AKIALOCAL",
      owner: authority.ownerOf("AKIALOCAL", undefined),
    });
  });

  test("with a Date header in place of X-Amz-Date", async () => {
    await verify(toWire(signed({ dateHeader: "Date", date: "Wed, 04 Mar 2026 05:06:07 GMT" })));
  });

  test("when headers that were not signed come along", async () => {
    await verify(toWire({ ...signed(), "User-Agent": "test", "X-Later": "added by a proxy" }));
  });

  test("when headers are signed that the SDK never signs", async () => {
    const headers = { Host: "a.test", "User-Agent": "curl", "Cache-Control": "no-cache", "Sec-Fetch-Mode": "cors" };
    const all = signIndependently({ ...unsigned, headers }, key, { date: basic, region });
    await verify(toWire(all));
    expect(await refusal(toWire({ ...all, "User-Agent": "other" }))).toMatchObject({ fault: "InvalidSignature" });
  });

  test("when a signed header came on several lines", async () => {
    const headers = signIndependently({ ...unsigned, headers: { Host: "a.test", "X-Many": "1,2" } }, key, {
      date: basic,
      region,
    });
    const { "X-Many": _, ...rest } = headers;
    await verify(toWire({}, { headers: [...Object.entries(rest), ["x-many", "1"], ["X-Many", "2"]] }));
  });
});

describe("a signed request is refused after one byte was changed", () => {
  const place = fc.nat();
  const character = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));

  test("in its path", async () => {
    await fc.assert(
      fc.asyncProperty(requestArbitrary, place, character, async (request, at, other) => {
        const wire = await sign(request);
        const path = mutate(wire.path, at, other) ?? "";
        fc.pre(path.startsWith("/") && canonicalPath(path) !== canonicalPath(wire.path));
        expect(await refusal({ ...wire, path })).toMatchObject({ fault: "InvalidSignature" });
      }),
    );
  });

  test("in its query", async () => {
    await fc.assert(
      fc.asyncProperty(requestArbitrary, place, character, async (request, at, other) => {
        const wire = await sign(request);
        const query = mutate(wire.query, at, other);
        fc.pre(query !== undefined);
        const unsignedPart = (text: string) => text.replace(/(^|&)X-Amz-Signature=[0-9a-f]*/, "");
        fc.pre(
          unsignedPart(query) !== unsignedPart(wire.query) &&
            canonicalOr(canonicalQuery, query) !== canonicalQuery(wire.query),
        );
        const found = await refusal({ ...wire, query }).catch((error: unknown) => error);
        expect(found).toMatchObject({ name: expect.stringMatching(/^(SignatureError|URIError)$/) });
      }),
    );
  });

  test("in a signed header", async () => {
    await fc.assert(
      fc.asyncProperty(requestArbitrary, place, place, character, async (request, which, at, other) => {
        const wire = await sign(request);
        const signedOnes = wire.headers.filter(([name]) => name !== "authorization" && name !== "x-amz-security-token");
        const [name = "", value = ""] = signedOnes[which % signedOnes.length] ?? [];
        const changed = mutate(value, at, other);
        fc.pre(changed !== undefined && changed !== value);
        const headers = wire.headers.map((header): NameValue => (header[0] === name ? [name, changed] : header));
        expect(await refusal({ ...wire, headers })).toBeInstanceOf(SignatureError);
      }),
    );
  });

  test("in its body", async () => {
    await fc.assert(
      fc.asyncProperty(requestArbitrary, place, fc.integer({ min: 1, max: 255 }), async (request, at, difference) => {
        fc.pre(request.body.length > 0);
        const wire = await sign(request);
        const body = Uint8Array.from(wire.body);
        body[at % body.length] = (body[at % body.length] ?? 0) ^ difference;
        expect(await refusal({ ...wire, body })).toMatchObject({ fault: "InvalidSignature" });
      }),
    );
  });

  test("in its credential, its list of signed headers or its signature", async () => {
    await fc.assert(
      fc.asyncProperty(requestArbitrary, place, character, async (request, at, other) => {
        const wire = await sign({ ...request, presigned: false });
        const headers = wire.headers.map(([name, value]): NameValue => {
          if (name !== "authorization") return [name, value];
          const places = [...value.matchAll(/(?<==)[^,]+/g)].flatMap(({ 0: part, index }) =>
            [...part].map((_, offset) => index + offset),
          );
          return [name, replaceAt(value, places[at % places.length] ?? 0, other)];
        });
        fc.pre(JSON.stringify(headers) !== JSON.stringify(wire.headers));
        expect(await refusal({ ...wire, headers })).toBeInstanceOf(SignatureError);
      }),
      { numRuns: 300 },
    );
  });

  test("in its method", async () => {
    expect(await refusal(toWire(signed(), { method: "PUT" }))).toMatchObject({ fault: "InvalidSignature" });
  });
});

describe("a request is refused in AWS's words", () => {
  const says = async (wire: Wire, fault: SignatureFault, message: string, at = now) =>
    expect(await refusal(wire, at)).toMatchObject({ fault, message });

  test("when it is not signed", () =>
    says(toWire({}), "MissingAuthenticationToken", "Request is missing Authentication Token"));

  test("when the header holds a bearer token", () =>
    says(
      toWire({ Authorization: "Bearer abc" }),
      "IncompleteSignature",
      "'abc' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer abc'.",
    ));

  test("when every part is missing, all of them named", () =>
    says(
      toWire({ Authorization: "eyJhbGciOi" }),
      "IncompleteSignature",
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=eyJhbGciOi",
    ));

  test("when a presigned one lacks parts", () =>
    says(
      toWire(
        {},
        { query: "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=x&X-Amz-Credential=a&X-Amz-SignedHeaders=host" },
      ),
      "IncompleteSignature",
      "AWS query-string parameters must include 'X-Amz-Signature'. Re-examine the query-string parameters.",
    ));

  test("when it is signed in the header and in the query", () =>
    says(
      toWire(signed(), { query: "X-Amz-Algorithm=AWS4-HMAC-SHA256" }),
      "InvalidSignature",
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    ));

  test.each(["20260304", "2026-03-04T05:06:07Z", "20260231T000000Z", "2026"])("when its date is %s", (date) =>
    says(
      toWire({ ...signed(), "X-Amz-Date": date }),
      "IncompleteSignature",
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    ),
  );

  test("when it is older than five minutes, and not a second earlier", async () => {
    await verify(toWire(signed()), new Date("2026-03-04T05:11:07Z"));
    await says(
      toWire(signed()),
      "InvalidSignature",
      "Signature expired: 20260304T050607Z is now earlier than 20260304T050608Z (20260304T051108Z - 5 min.)",
      new Date("2026-03-04T05:11:08Z"),
    );
  });

  test("when it is more than five minutes ahead, and not a second less", async () => {
    await verify(toWire(signed()), new Date("2026-03-04T05:01:07Z"));
    await says(
      toWire(signed()),
      "InvalidSignature",
      "Signature not yet current: 20260304T050607Z is still later than 20260304T050606Z (20260304T050106Z + 5 min.)",
      new Date("2026-03-04T05:01:06Z"),
    );
  });

  test("when a presigned one is used after the time it says, or says an impossible one", async () => {
    const wire = await sign(presignedRequest);
    await verify(wire, new Date("2026-03-04T05:07:07Z"));
    expect(await refusal(wire, new Date("2026-03-04T05:07:08Z"))).toMatchObject({ fault: "InvalidSignature" });
    const forever = { ...wire, query: wire.query.replace("X-Amz-Expires=60", "X-Amz-Expires=604801") };
    expect(await refusal(forever)).toMatchObject({ fault: "IncompleteSignature" });
  });

  test("when the host is not signed", () =>
    says(
      withAuthorization((authorization) => authorization.replace("host;", "")),
      "InvalidSignature",
      "'Host' must be a 'SignedHeader' in the AWS Authorization.",
    ));

  test("when the algorithm is another one", () =>
    says(
      withAuthorization((authorization) => authorization.replace("SHA256", "SHA512")),
      "IncompleteSignature",
      "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512' (only AWS4-HMAC-SHA256 for now). ",
    ));

  test("when the credential has too few parts", () =>
    says(
      withAuthorization((authorization) => authorization.replace(/Credential=[^,]*/, "Credential=a/b")),
      "IncompleteSignature",
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b'",
    ));

  test("when it is scoped to another region, service and day, all of them named", () =>
    says(
      withAuthorization((authorization) =>
        authorization.replace("20260304/eu-central-1/execute-api", "20260303/us-east-1/s3"),
      ),
      "InvalidSignature",
      "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'execute-api'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260303' != '20260304', from '20260304T050607Z'.",
    ));

  const invalidToken = "The security token included in the request is invalid.";
  test("when nobody has the access key", () =>
    says(toWire(signed({}, { ...key, accessKeyId: "AKIAUNKNOWN" })), "UnrecognizedClient", invalidToken));

  test("when the session token is another one, missing, or of no use", async () => {
    const other = { ...sessionKey, sessionToken: "other" };
    await says(toWire(signed({}, other)), "UnrecognizedClient", invalidToken);
    const { sessionToken: _, ...without } = sessionKey;
    await says(toWire(signed({}, without)), "UnrecognizedClient", invalidToken);
    const superfluous = { ...key, sessionToken: "x" };
    await says(toWire(signed({}, superfluous)), "UnrecognizedClient", invalidToken);
  });

  test("when the secret is another one, with both strings that should have been signed", async () => {
    const wrong = await refusal(toWire(signed({}, { ...key, secretAccessKey: "wrong" })));
    expect(wrong?.fault).toBe("InvalidSignature");
    const canonical = `POST
/v1/pets/a%2520b
a=&a=%2B&b=2
content-type:application/json
host:a.test
x-amz-date:20260304T050607Z

content-type;host;x-amz-date
${createHash("sha256").update('{"a":1}').digest("hex")}`;
    expect(wrong?.message).toBe(
      `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.

The Canonical String for this request should have been
'${canonical}'

The String-to-Sign should have been
'AWS4-HMAC-SHA256
20260304T050607Z
20260304/eu-central-1/execute-api/aws4_request
${createHash("sha256").update(canonical).digest("hex")}'
`,
    );
  });
});

describe("what a signature does not cover is not let through", () => {
  test("a body under a signed hash of another body", async () => {
    const claimed = createHash("sha256").update("other").digest("hex");
    const headers = signIndependently(
      { ...unsigned, headers: { ...unsigned.headers, "X-Amz-Content-Sha256": claimed }, body: "other" },
      key,
      { date: basic, region },
    );
    expect(await refusal(toWire(headers))).toMatchObject({ fault: "InvalidSignature" });
  });

  test("a hash header that is not the body's, even when it is not signed", async () => {
    const headers = { ...signed(), "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" };
    expect(await refusal(toWire(headers))).toMatchObject({ fault: "InvalidSignature" });
  });

  test.each(["__proto__=1", "X-Amz-Signature=1", "x-amz-signature=1"])("the added parameter %s", async (parameter) => {
    const wire = toWire(signed(), { query: `${unsigned.query}&${parameter}` });
    expect(await refusal(wire)).toMatchObject({ fault: "InvalidSignature" });
  });

  test("a parameter the signer itself leaves out", async () => {
    const wire = await sign({ ...presignedRequest, presigned: false, query: [["__proto__", "1"]] });
    expect(wire.query).toBe("__proto__=1");
    expect(await refusal(wire)).toMatchObject({ fault: "InvalidSignature" });
  });

  test("a second signature in the query", async () => {
    const wire = await sign(presignedRequest);
    await verify(wire);
    expect(await refusal({ ...wire, query: `${wire.query}&X-Amz-Signature=1` })).toBeDefined();
  });
});

describe("what differs from service to service", () => {
  const fifteenMinutes = { allowedSkewSeconds: 15 * 60 };

  test("is how far the clocks may be apart, and what a refusal says of it", async () => {
    await verify(toWire(signed()), new Date("2026-03-04T05:21:07Z"), fifteenMinutes);
    await verify(toWire(signed()), new Date("2026-03-04T04:51:07Z"), fifteenMinutes);
    await expect(verify(toWire(signed()), new Date("2026-03-04T05:21:08Z"), fifteenMinutes)).rejects.toThrow(
      "Signature expired: 20260304T050607Z is now earlier than 20260304T050608Z (20260304T052108Z - 15 min.)",
    );
    await expect(verify(toWire(signed()), new Date("2026-03-04T04:51:06Z"), fifteenMinutes)).rejects.toThrow(
      "Signature not yet current: 20260304T050607Z is still later than 20260304T050606Z (20260304T045106Z + 15 min.)",
    );
  });

  test("is its name: a signature for one is none for another", async () => {
    await expect(verify(toWire(signed()), now, { service: "sqs" })).rejects.toThrow(
      "Credential should be scoped to correct service: 'sqs'. ",
    );
  });
});

test("a key is derived anew for another secret, day, region and service", () => {
  const scope = { date: "20260304", region: "eu-west-1", service: "sqs" };
  const keys = [
    signingKey("a", scope),
    signingKey("b", scope),
    signingKey("a", { ...scope, date: "20260305" }),
    signingKey("a", { ...scope, region: "eu-west-2" }),
    signingKey("a", { ...scope, service: "batch" }),
  ];
  expect(new Set(keys.map((made) => made.toString("hex"))).size).toBe(keys.length);
  expect(signingKey("a", scope)).toBe(keys[0]);
});
