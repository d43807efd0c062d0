/**
 * Compiles a wildcard expression: `*` stands for any characters, `\*` and `\\` for themselves (AWS: "Comparison
 * operators for use in event patterns in Amazon EventBridge").
 * @throws Error for `**` and for other uses of the backslash
 */
export function compileWildcard(expression: string): (text: string) => boolean {
  const pieces = [""];
  for (let i = 0; i < expression.length; i += 1) {
    const character = expression.charAt(i);
    if (character === "\\") {
      i += 1;
      const escaped = expression.charAt(i);
      if (escaped !== "*" && escaped !== "\\") throw new Error(`Invalid escape character at pos ${i - 1}`);
      pieces[pieces.length - 1] += escaped;
    } else if (character !== "*") pieces[pieces.length - 1] += character;
    else if (expression.charAt(i + 1) === "*") throw new Error(`Consecutive wildcard characters at pos ${i}`);
    else pieces.push("");
  }
  return (text) => matches(text, pieces);
}

/** Leftmost matches of the middle pieces in turn: linear, where a regular expression could backtrack for ever. */
function matches(text: string, pieces: readonly string[]): boolean {
  const [first = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let position = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return text.length - position >= last.length && text.endsWith(last);
}
