/** Why a text is not an MQTT topic filter, for the broker and for people who write one. */

/** With the clause of the standard; undefined: it is a topic filter. Its UTF-8 has been checked. */
export function plainFilterFault(filter: string): string | undefined {
  if (filter.length === 0) return "an empty topic filter [MQTT-4.7.3-1]";
  const hash = filter.indexOf("#");
  if (hash !== -1 && (hash !== filter.length - 1 || (hash > 0 && filter[hash - 1] !== "/"))) {
    return "# is not the last level, or not the whole of it [MQTT-4.7.1-2] (5: [MQTT-4.7.1-1])";
  }
  for (let at = filter.indexOf("+"); at !== -1; at = filter.indexOf("+", at + 1)) {
    const wholeLevel = (at === 0 || filter[at - 1] === "/") && (at === filter.length - 1 || filter[at + 1] === "/");
    if (!wholeLevel) return "+ is not the whole of its level [MQTT-4.7.1-3] (5: [MQTT-4.7.1-2])";
  }
  return undefined;
}

/** Of a filter for the messages that a browser watches. */
export const MAX_WATCH_FILTER = 256;

/** A sentence for a person; undefined: messages can be watched by it. */
export function watchFilterFault(filter: string): string | undefined {
  if (filter === "") return "The topic filter is empty. # stands for all topics.";
  if (filter.length > MAX_WATCH_FILTER) return `The topic filter is longer than ${MAX_WATCH_FILTER} characters.`;
  if (filter.startsWith("$")) return "Topics that begin with $ are not shown here.";
  const fault = plainFilterFault(filter);
  if (fault === undefined) return undefined;
  return fault.startsWith("#")
    ? "# stands for all levels that follow: it must be the last level, and stand there alone, as in home/#."
    : "+ stands for one whole level, as in home/+/temperature: nothing else may stand in that level.";
}
