/** What is served at one resource of an API: a handler for each method, or for ANY. */
interface Resource<Handler> {
  readonly path: string;
  readonly methods: Map<string, Handler>;
}

interface Node<Handler> {
  readonly literal: Map<string, Node<Handler>>;
  parameter?: { readonly name: string; readonly node: Node<Handler> };
  greedy?: { readonly name: string; readonly resource: Resource<Handler> };
  resource?: Resource<Handler>;
}

export interface Match<Handler> {
  readonly resourcePath: string;
  /** Still percent-encoded, as API Gateway hands them on. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly handler: Handler;
}

export interface Router<Handler> {
  /** @throws Error when API Gateway would not accept the path among those already there */
  add(path: string, method: string, handler: Handler): void;
  /** @param path as sent, within the stage @returns undefined when API Gateway knows no such path or method */
  find(path: string, method: string): Match<Handler> | undefined;
}

const literalSegment = /^[\w.,:-]+$/;
const parameterSegment = /^\{([\w.-]+)(\+?)\}$/;
const anyMethod = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);

/**
 * Routes as a REST API does: at every segment a literal is better than `{name}` and `{name}` better than `{name+}`,
 * a slash at the end does not matter, and the method is looked up only on the resource the path has led to.
 */
export function createRouter<Handler>(): Router<Handler> {
  const root: Node<Handler> = { literal: new Map() };
  return {
    add(path, method, handler) {
      const { methods } = resourceAt(root, path);
      if (methods.has(method)) throw new Error(`${method} ${path} is there twice`);
      methods.set(method, handler);
    },
    find(path, method) {
      const segments = path
        .replace(/^\/+/, "")
        .replace(/(?<=[^/])\/$/, "")
        .split("/");
      const found = search(root, path.replace(/^\/+/, "") === "" ? [] : segments, []);
      if (found === undefined) return undefined;
      const { methods, path: resourcePath } = found.resource;
      const handler = methods.get(method) ?? (anyMethod.has(method) ? methods.get("ANY") : undefined);
      return handler === undefined
        ? undefined
        : { resourcePath, pathParameters: Object.fromEntries(found.parameters), handler };
    },
  };
}

function resourceAt<Handler>(root: Node<Handler>, path: string): Resource<Handler> {
  if (!path.startsWith("/") || (path !== "/" && path.endsWith("/"))) {
    throw new Error(`${path}: a path starts with a slash and does not end with one`);
  }
  if (path === "/ping" || path === "/sping") throw new Error(`${path} is reserved for API Gateway's health checks`);
  let node = root;
  const segments = path.split("/").slice(1);
  for (const [position, segment] of path === "/" ? [] : segments.entries()) {
    const [, name, greedy] = parameterSegment.exec(segment) ?? [];
    if (name === undefined) {
      if (!literalSegment.test(segment)) throw new Error(`${path}: "${segment}" is not a path segment`);
      const next: Node<Handler> = node.literal.get(segment) ?? { literal: new Map() };
      node.literal.set(segment, next);
      node = next;
    } else if (greedy === "+") {
      if (position < segments.length - 1) throw new Error(`${path}: ${segment} can only be the last segment`);
      return greedyResource(node, name, path);
    } else {
      node.parameter ??= { name, node: { literal: new Map() } };
      onlyOneVariable(node.parameter.name, name, path);
      node = node.parameter.node;
    }
  }
  node.resource ??= { path, methods: new Map() };
  return node.resource;
}

function greedyResource<Handler>(node: Node<Handler>, name: string, path: string): Resource<Handler> {
  node.greedy ??= { name, resource: { path, methods: new Map() } };
  onlyOneVariable(node.greedy.name, name, path);
  return node.greedy.resource;
}

function onlyOneVariable(there: string, name: string, path: string) {
  if (there !== name) {
    throw new Error(`${path}: a sibling {${there}} already has a variable path part; only one is allowed`);
  }
}

type Found<Handler> = {
  readonly resource: Resource<Handler>;
  readonly parameters: readonly (readonly [string, string])[];
};

function search<Handler>(
  node: Node<Handler>,
  segments: readonly string[],
  parameters: Found<Handler>["parameters"],
): Found<Handler> | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return node.resource && { resource: node.resource, parameters };
  const literal = node.literal.get(segment);
  const found = literal && search(literal, rest, parameters);
  if (found !== undefined) return found;
  if (node.parameter !== undefined && segment !== "") {
    const { name, node: next } = node.parameter;
    const found = search(next, rest, [...parameters, [name, segment]]);
    if (found !== undefined) return found;
  }
  return (
    node.greedy && {
      resource: node.greedy.resource,
      parameters: [...parameters, [node.greedy.name, segments.join("/")]],
    }
  );
}
