/** Attributes of the resources made so far, by address. */
export type Attributes = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** An expression, or one of the two escapes for text that only looks like a template. */
const template = /\$\$\{|%%\{|%\{|\$\{([^}]*)\}/g;
const reference = /^([a-z][a-z0-9_]*\.[A-Za-z_][\w-]*)\.([a-z][a-z0-9_]*)((?:\[\d+\]|\.[a-z][a-z0-9_]*)*)$/;

/** Addresses of the resources a value refers to. */
export function referencesIn(value: unknown): string[] {
  const found = new Set<string>();
  walk(value, (text) => {
    for (const [, inner] of text.matchAll(template)) if (inner !== undefined) found.add(parse(inner).address);
    return text;
  });
  return [...found];
}

/**
 * Replaces every reference in a value by the attribute it stands for. A string that is nothing but one reference
 * becomes the attribute itself, whatever its type; inside a longer string it becomes text. `$${` and `%%{` are the
 * escapes of `${` and `%{`.
 *
 * The local stage knows references and templates made of them, and nothing else of Terraform's language: synthesis
 * needs no more.
 *
 * @throws Error naming the expression when it is none of these, or refers to what is not there
 */
export function resolve(value: unknown, attributes: Attributes): unknown {
  return walk(value, (text) => {
    const whole = text.match(/^\$\{([^}]*)\}$/);
    if (whole?.[1] !== undefined) return look(whole[1], attributes);
    return text.replaceAll(template, (match, inner: string | undefined) => {
      if (match === "$${" || match === "%%{") return match.slice(1);
      if (inner === undefined)
        throw new Error(`${text} holds a template directive, which the local stage does not know`);
      const found = look(inner, attributes);
      if (typeof found === "object") throw new Error(`\${${inner}} is no text, but stands inside one`);
      return String(found);
    });
  });
}

function look(inner: string, attributes: Attributes): unknown {
  const { address, attribute, path } = parse(inner);
  const resource = attributes.get(address);
  if (!resource) throw new Error(`\${${inner}} refers to ${address}, which the stack does not have`);
  let found: unknown = resource[attribute];
  for (const step of path) found = isIndexable(found) ? found[step] : undefined;
  if (found === undefined) throw new Error(`\${${inner}}: the local stage knows no such attribute of ${address}`);
  return found;
}

function parse(inner: string) {
  const [, address, attribute, rest] = inner.match(reference) ?? [];
  if (!address || !attribute)
    throw new Error(`\${${inner}} is not a plain reference, and the local stage evaluates nothing else`);
  return { address, attribute, path: (rest ?? "").split(/[[\].]+/).filter((step) => step !== "") };
}

const isIndexable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

function walk(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, change));
  if (isIndexable(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, change)]));
  return value;
}
