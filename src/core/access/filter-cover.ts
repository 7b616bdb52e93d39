/** Whether everything that one topic filter matches is matched by another. Matches no message. [MQTT 5.0, 4.7] */

/** `wanted` may be a topic. `#` and `+` at the beginning never reach topics of the broker's own. [MQTT-4.7.2-1] */
export function filterCovers(granted: string, wanted: string): boolean {
  const [grants, wishes] = [granted.split("/"), wanted.split("/")];
  if (wanted.startsWith("$") && grants[0] !== wishes[0]) return false;
  for (let level = 0; ; level += 1) {
    const [grant, wish] = [grants[level], wishes[level]];
    if (grant === "#") return true;
    if (grant === undefined || wish === undefined) {
      // `a/#` matches `a`, too. [MQTT-4.7.1-2]
      return grant === undefined && wish === undefined;
    }
    if (wish === "#") return false;
    if (grant !== "+" && grant !== wish) return false;
  }
}
