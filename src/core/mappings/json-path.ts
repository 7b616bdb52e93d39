/** Finds a value in JSON by a path such as `meta.time` or `list.0.value`. */

/** As JSON of any source may be. */
const isContainer = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** Of a path; more of them find nothing. */
const MAX_NAMES = 16;

/** Undefined: there is nothing. A name that has points itself is found, too: of several the longest one counts. */
export function valueAt(json: unknown, path: string): unknown {
  const names = path.split(".", MAX_NAMES + 1);
  if (names.length > MAX_NAMES) return undefined;
  let value = json;
  let at = 0;
  while (at < names.length) {
    if (!isContainer(value)) return undefined;
    let end = names.length;
    while (end > at && !Object.hasOwn(value, names.slice(at, end).join("."))) end--;
    if (end === at) return undefined;
    value = value[names.slice(at, end).join(".")];
    at = end;
  }
  return value;
}
