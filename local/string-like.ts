/**
 * Compares as IAM does: `*` stands for any text and `?` for any character, across slashes and colons (AWS IAM: IAM JSON
 * policy elements, Condition operators, StringLike).
 */
export function stringLike(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(text);
}
