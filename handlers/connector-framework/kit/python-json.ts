/**
 * JSON as Python's `json.dumps(value, sort_keys=True)` writes it, byte for byte: names in the order of their code
 * points, `", "` and `": "` between them, everything beyond ASCII escaped, numbers as Python spells floats. Members that
 * are null or undefined are left out, at every depth.
 */
export function pythonJson(value: unknown): string {
  if (typeof value === "number") return pythonNumber(value);
  if (Array.isArray(value)) return `[${value.map((one) => pythonJson(one ?? null)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return asciiOnly(JSON.stringify(value));
  const members = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  const written = members
    .sort(([a], [b]) => byCodePoints(a, b))
    .map(([name, member]) => `${pythonJson(name)}: ${pythonJson(member)}`);
  return `{${written.join(", ")}}`;
}

const asciiOnly = (json: string) =>
  json.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** JavaScript compares UTF-16 units, which puts what lies beyond the basic plane before U+E000. UTF-8 keeps the order of code points. */
const byCodePoints = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * Both languages find the same shortest digits, and write a number below 0.0001 otherwise: Python with an exponent, of at
 * least two digits. What has a fraction is never so large that they would differ again.
 */
function pythonNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no number in JSON`);
  if (value === 0 || Math.abs(value) >= 0.0001) return String(value);
  const [digits = "", exponent = ""] = value.toExponential().split("e-");
  return `${digits}e-${exponent.padStart(2, "0")}`;
}
