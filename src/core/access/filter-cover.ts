/** Compares topic filters: whether one matches all that another one matches, and whether both match a topic. [MQTT 5.0, 4.7] */

/** `wanted` may be a topic. `#` and `+` at the beginning never reach topics of the broker's own. [MQTT-4.7.2-1] */
export function filterCovers(granted: string, wanted: string): boolean {
  const [grantedLevels, wantedLevels] = [granted.split("/"), wanted.split("/")];
  if (wanted.startsWith("$") && grantedLevels[0] !== wantedLevels[0]) return false;
  for (let level = 0; ; level += 1) {
    const [grant, want] = [grantedLevels[level], wantedLevels[level]];
    if (grant === "#") return true;
    if (grant === undefined || want === undefined) {
      // `a/#` matches `a`, too. [MQTT-4.7.1-2]
      return grant === undefined && want === undefined;
    }
    if (want === "#") return false;
    if (grant !== "+" && grant !== want) return false;
  }
}

/** Whether some topic is matched by both. */
export function filtersOverlap(one: string, other: string): boolean {
  const [left, right] = [one.split("/"), other.split("/")];
  const isReserved = one.startsWith("$") || other.startsWith("$");
  if (isReserved && left[0] !== right[0]) return false;
  for (let level = 0; ; level += 1) {
    const [a, b] = [left[level], right[level]];
    if (a === "#" || b === "#") return true;
    // `a/#` matches `a`, too.
    if (a === undefined) return b === undefined;
    if (b === undefined) return false;
    if (a !== "+" && b !== "+" && a !== b) return false;
  }
}
