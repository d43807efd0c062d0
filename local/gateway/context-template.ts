/** A text with `$context.…` variables, split once so that rendering cannot fail. */
export type ContextTemplate = readonly (string | { readonly variable: string })[];

/** What each variable stands for in one request, without the `$context.` prefix. */
export type ContextValues = Readonly<Record<string, string | undefined>>;

const variablePattern = /\$context((?:\.[A-Za-z][A-Za-z0-9]*)+)/g;

/**
 * Splits a template of a gateway response or an access log. API Gateway substitutes variables there and does nothing
 * else: no conditions, no functions.
 * @throws Error naming everything that starts with `$` and is not one of `known`.
 */
export function parseContextTemplate(text: string, known: ReadonlySet<string>): ContextTemplate {
  const parts: (string | { variable: string })[] = [];
  const unknown: string[] = [];
  let end = 0;
  const literal = (piece: string) => {
    for (const [reference] of piece.matchAll(/\$[A-Za-z{!.]*\S{0,20}/g)) unknown.push(reference);
    if (piece !== "") parts.push(piece);
  };
  for (const match of text.matchAll(variablePattern)) {
    const variable = match[1]?.slice(1) ?? "";
    literal(text.slice(end, match.index));
    if (!known.has(variable)) unknown.push(match[0]);
    parts.push({ variable });
    end = match.index + match[0].length;
  }
  literal(text.slice(end));
  if (unknown.length > 0) throw new Error(`not supported here: ${unknown.join(", ")}`);
  return parts;
}

export function renderContextTemplate(
  template: ContextTemplate,
  values: ContextValues,
  { absent, quote }: { readonly absent: string; readonly quote: (variable: string, value: string) => string },
): string {
  return template
    .map((part) => {
      if (typeof part === "string") return part;
      const value = values[part.variable];
      return value === undefined ? absent : quote(part.variable, value);
    })
    .join("");
}

/** The inside of a JSON string: quotes, backslashes and control characters escaped, no quotes around. */
export const escapeJson = (text: string) => JSON.stringify(text).slice(1, -1);
