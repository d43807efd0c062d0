import fc from "fast-check";
import { createRouter } from "../../../local/gateway/router.ts";

const routerOver = (...paths: string[]) => {
  const router = createRouter<string>();
  for (const path of paths) router.add(path, "GET", path);
  return router;
};

test("a literal segment is better than a parameter, a parameter better than a greedy one", () => {
  const router = routerOver("/{all+}", "/pets/{id}", "/pets/mine", "/pets/{id}/toys", "/");
  const found = (path: string) => router.find(path, "GET")?.resourcePath;
  expect(found("/")).toBe("/");
  expect(found("/pets/mine")).toBe("/pets/mine");
  expect(found("/pets/7")).toBe("/pets/{id}");
  expect(found("/pets/mine/toys")).toBe("/pets/{id}/toys");
  expect(found("/pets/7/toys/1")).toBe("/{all+}");
  expect(found("/pets")).toBe("/{all+}");
});

test("parameters stay percent-encoded, and a slash at the end is not part of them", () => {
  const router = routerOver("/pets/{id}", "/files/{path+}");
  expect(router.find("/pets/a%2Fb%20c", "GET")?.pathParameters).toEqual({ id: "a%2Fb%20c" });
  expect(router.find("/pets/a/", "GET")?.pathParameters).toEqual({ id: "a" });
  expect(router.find("/files/a/b%2B//c/", "GET")?.pathParameters).toEqual({ path: "a/b%2B//c" });
});

test("slashes repeated at the start count as one, others do not", () => {
  const router = routerOver("/pets/{id}");
  expect(router.find("//pets/7", "GET")?.pathParameters).toEqual({ id: "7" });
  expect(router.find("/pets//7", "GET")).toBeUndefined();
  expect(router.find("/pets//", "GET")).toBeUndefined();
  expect(routerOver("/pets/{id}/toys").find("/pets//toys", "GET")).toBeUndefined();
});

test("a method is looked up on the best resource only, then ANY, which is no method outside HTTP's usual seven", () => {
  const router = createRouter<string>();
  router.add("/pets", "GET", "get");
  router.add("/{all+}", "ANY", "any");
  router.add("/{all+}", "PUT", "put");
  expect(router.find("/pets", "GET")?.handler).toBe("get");
  expect(router.find("/pets", "POST")).toBeUndefined();
  expect(router.find("/other", "POST")?.handler).toBe("any");
  expect(router.find("/other", "PUT")?.handler).toBe("put");
  expect(router.find("/other", "PROPFIND")).toBeUndefined();
});

test.each([
  ["/pets/", "does not end with one"],
  ["pets", "starts with a slash"],
  ["/sping", "reserved"],
  ["/pets/{id}x", "is not a path segment"],
  ["/pets/a b", "is not a path segment"],
  ["/{all+}/more", "can only be the last segment"],
  ["/there/{other}/x", "a sibling {id} already has a variable path part"],
  ["/there/{id}", "is there twice"],
])("%s is not accepted: %s", (path, reason) => {
  const router = routerOver("/there/{id}");
  expect(() => router.add(path, "GET", "")).toThrow(reason);
});

describe("for any set of paths", () => {
  const template = fc
    .array(fc.constantFrom("a", "b", "c", "{p}"), { maxLength: 4 })
    .chain((segments) => fc.boolean().map((greedy) => `/${[...segments, ...(greedy ? ["{g+}"] : [])].join("/")}`));
  const templates = fc.uniqueArray(template, { maxLength: 8 });
  const request = fc
    .array(fc.constantFrom("a", "b", "c", "d%2F", "e"), { maxLength: 6 })
    .map((segments) => `/${segments.join("/")}`);

  /** The same decision without a tree: of all that match, the one that is most specific from the left. */
  const expected = (paths: readonly string[], path: string) => {
    const rank = (of: string) =>
      of
        .split("/")
        .map((segment) => (segment === "{p}" ? "1" : segment === "{g+}" ? "2" : "0"))
        .join("");
    const matching = paths.filter((of) =>
      new RegExp(`^${of.replaceAll("{p}", "[^/]+").replaceAll("{g+}", ".+")}$`).test(path),
    );
    return matching.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0];
  };

  test("the most specific one from the left is found", () => {
    fc.assert(
      fc.property(templates, request, (paths, path) => {
        expect(routerOver(...paths).find(path, "GET")?.resourcePath).toBe(expected(paths, path));
      }),
      { numRuns: 1000 },
    );
  });

  test("a slash at the end changes nothing, nor does the order in which they were added", () => {
    fc.assert(
      fc.property(templates, request, (paths, path) => {
        const found = routerOver(...paths).find(path, "GET");
        if (path !== "/") expect(routerOver(...paths).find(`${path}/`, "GET")).toEqual(found);
        expect(routerOver(...paths.toReversed()).find(path, "GET")).toEqual(found);
      }),
    );
  });

  test("the parameters put back into the template give the path that was asked for", () => {
    fc.assert(
      fc.property(templates, request, (paths, path) => {
        const found = routerOver(...paths).find(path, "GET");
        fc.pre(found !== undefined && (found.resourcePath.match(/\{p\}/g) ?? []).length < 2);
        const { p = "", g = "" } = found.pathParameters;
        expect(found.resourcePath.replace("{p}", p).replace("{g+}", g)).toBe(path);
      }),
    );
  });
});
