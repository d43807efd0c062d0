import { type AttributeValue, type Item, typeOf } from "../../../../local/services/dynamodb/attribute-value.ts";
import type { Expression, Operand } from "../../../../local/services/dynamodb/condition.ts";
import { refused } from "../wire-error.ts";

/** The parts of a request that its expressions refer to. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Item | undefined;
}

/** What an update makes of an attribute; undefined removes it. */
type Assignment = readonly [name: string, value: AttributeValue | undefined];

/**
 * Reads the expressions of one request, as far as the stores write them: attributes of the item itself, no paths into
 * documents. What it does not know it refuses.
 */
export function expressionReader({ ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: Placeholders) {
  const used = new Set<string>();

  function nameOf(token: string): string {
    if (!token.startsWith("#")) return token;
    used.add(token);
    return ExpressionAttributeNames[token] ?? refused(`An expression attribute name is not defined: ${token}`);
  }

  function literalOf(token: string): AttributeValue {
    used.add(token);
    return ExpressionAttributeValues[token] ?? refused(`An expression attribute value is not defined: ${token}`);
  }

  function scanner(text: string) {
    const tokens = text.match(/[#:]?\w+|<=|>=|<>|[^\s\w]/g) ?? [];
    let at = 0;
    const isNext = (...words: readonly string[]) => words.includes(tokens[at]?.toUpperCase() ?? "");
    const isValueNext = () => tokens[at]?.startsWith(":") ?? false;
    const take = (): string => tokens[at++] ?? refused(`Unexpected end of expression: ${text}`);
    function expect(word: string): void {
      if (!isNext(word)) refused(`Expected ${word} at token ${at} of expression: ${text}`);
      at++;
    }
    /** Takes a word if it comes next. */
    function taken(...words: readonly string[]): boolean {
      const next = isNext(...words);
      if (next) at++;
      return next;
    }
    return { isNext, isValueNext, take, expect, taken, done: () => at === tokens.length };
  }
  type Scanner = ReturnType<typeof scanner>;

  function attribute(from: Scanner): string {
    const token = from.take();
    if (!/^#?[A-Za-z_]\w*$/.test(token)) refused(`Not an attribute's name: ${token}`);
    if (from.isNext(".", "[")) refused("Paths into documents are not known here");
    return nameOf(token);
  }

  function operand(from: Scanner): Operand {
    if (from.taken("SIZE")) return { type: "function", name: "size", args: inParentheses(from, () => operand(from)) };
    return from.isValueNext() ? literalOf(from.take()) : [attribute(from)];
  }

  function inParentheses<Part>(from: Scanner, part: () => Part): Part[] {
    from.expect("(");
    const parts = [part()];
    while (from.taken(",")) parts.push(part());
    from.expect(")");
    return parts;
  }

  const disjunction = (from: Scanner): Expression => {
    const args = [conjunction(from)];
    while (from.taken("OR")) args.push(conjunction(from));
    return { type: "or", args };
  };

  const conjunction = (from: Scanner): Expression => {
    const args = [negation(from)];
    while (from.taken("AND")) args.push(negation(from));
    return { type: "and", args };
  };

  const negation = (from: Scanner): Expression =>
    from.taken("NOT") ? { type: "not", args: [negation(from)] } : predicate(from);

  function predicate(from: Scanner): Expression {
    if (from.taken("(")) {
      const inner = disjunction(from);
      from.expect(")");
      return inner;
    }
    for (const name of ["attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"])
      if (from.taken(name.toUpperCase()))
        return { type: "function", name, args: inParentheses(from, () => operand(from)) };
    const subject = operand(from);
    if (from.taken("BETWEEN")) {
      const lower = operand(from);
      from.expect("AND");
      return { type: "between", args: [subject, lower, operand(from)] };
    }
    if (from.taken("IN")) return { type: "in", args: [subject, ...inParentheses(from, () => operand(from))] };
    for (const type of ["=", "<>", "<=", "<", ">=", ">"] as const)
      if (from.taken(type)) return { type, args: [subject, operand(from)] };
    return refused(`Not a comparison: ${from.take()}`);
  }

  function whole<Result>(text: string, read: (from: Scanner) => Result): Result {
    const from = scanner(text);
    const result = read(from);
    if (!from.done()) refused(`Unexpected token ${from.take()} in expression: ${text}`);
    return result;
  }

  return {
    condition: (text: string): Expression => whole(text, disjunction),

    projection: (text: string): readonly string[] =>
      whole(text, (from) => {
        const names = [attribute(from)];
        while (from.taken(",")) names.push(attribute(from));
        return names;
      }),

    /** What an update makes of an item: every value is read before any is written. */
    update: (text: string, item: Item): readonly Assignment[] =>
      whole(text, (from) => {
        const read = (name: string) => (Object.hasOwn(item, name) ? item[name] : undefined);
        const assignments: Assignment[] = [];
        const clause = (keyword: string, assignment: () => Assignment) => {
          if (!from.taken(keyword)) return;
          do assignments.push(assignment());
          while (from.taken(","));
        };
        function term(): AttributeValue {
          if (from.taken("IF_NOT_EXISTS")) {
            from.expect("(");
            const present = read(attribute(from));
            from.expect(",");
            const otherwise = term();
            from.expect(")");
            return present ?? otherwise;
          }
          if (from.isValueNext()) return literalOf(from.take());
          return read(attribute(from)) ?? refused("The expression refers to an attribute that the item does not have");
        }
        function sum(): AttributeValue {
          const first = term();
          if (from.taken("+")) return added(first, term());
          if (from.taken("-")) return added(first, negative(term()));
          return first;
        }
        while (!from.done()) {
          if (!from.isNext("SET", "REMOVE", "ADD")) refused(`Not a clause of an update: ${from.take()}`);
          clause("SET", () => {
            const name = attribute(from);
            from.expect("=");
            return [name, sum()];
          });
          clause("REMOVE", () => [attribute(from), undefined]);
          clause("ADD", () => {
            const name = attribute(from);
            return [name, added(read(name) ?? { N: "0" }, literalOf(from.take()))];
          });
        }
        const names = assignments.map(([name]) => name);
        if (new Set(names).size < names.length) refused("Two document paths overlap with each other");
        return assignments;
      }),

    /** Refuses, as DynamoDB does, names and values that no expression uses. */
    refuseUnused(): void {
      for (const placeholder of [...Object.keys(ExpressionAttributeNames), ...Object.keys(ExpressionAttributeValues)])
        if (!used.has(placeholder)) refused(`${placeholder} is unused in expressions`);
    },
  };
}

function added(a: AttributeValue, b: AttributeValue): AttributeValue {
  if (a.N === undefined || b.N === undefined) refused(`Not numbers: ${typeOf(a)}, ${typeOf(b)}`);
  const sum = Number(a.N) + Number(b.N);
  if (!Number.isSafeInteger(sum)) throw new Error("Only small whole numbers are added here");
  return { N: String(sum) };
}

const negative = ({ N }: AttributeValue): AttributeValue => ({ N: String(-Number(N)) });
