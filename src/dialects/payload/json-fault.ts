/** Finds where a text stops being JSON, which JSON.parse does not always say. [RFC 8259] */

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const NUMBER_OR_WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Wanted = "value" | "first value or ]" | "name" | "first name or }" | "comma or end";

/** Index of the first character that no JSON has there; the length of the text where it ends too early. */
export function jsonFaultAt(text: string): number {
  let at = 0;
  const open: ("}" | "]")[] = [];
  let wanted: Wanted = "value";
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const isThere = pattern.test(text);
    if (isThere) at = pattern.lastIndex;
    return isThere;
  };
  const takeChar = (char: string): boolean => {
    const isThere = text[at] === char;
    if (isThere) at++;
    return isThere;
  };

  for (;;) {
    take(SPACE);
    const end = open.at(-1);
    if (wanted === "comma or end") {
      if (end === undefined) return at; // whatever stands here stands behind the value
      if (takeChar(end)) open.pop();
      else if (takeChar(",")) wanted = end === "}" ? "name" : "value";
      else return at;
    } else if (wanted.startsWith("first") && end !== undefined && takeChar(end)) {
      open.pop();
      wanted = "comma or end";
    } else if (wanted === "name" || wanted === "first name or }") {
      if (!take(STRING)) return at;
      take(SPACE);
      if (!takeChar(":")) return at;
      wanted = "value";
    } else if (takeChar("{")) {
      open.push("}");
      wanted = "first name or }";
    } else if (takeChar("[")) {
      open.push("]");
      wanted = "first value or ]";
    } else if (take(STRING) || take(NUMBER_OR_WORD)) wanted = "comma or end";
    else return at;
  }
}
