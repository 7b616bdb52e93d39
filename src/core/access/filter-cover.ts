/** Decides whether one topic filter matches everything that another one matches. [MQTT 5.0, 4.7] */

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
