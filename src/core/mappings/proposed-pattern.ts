/** Which levels of topics are the device, and which the metric: by what varies among topics that are alike, and by their names. */
import { isCollection, isContent, type SplitTopic } from "./split-topic.ts";

/** Of devices rather than of places: `esp32_1`, `plug2`. */
const HAS_DIGIT = /\d/;
/** Nothing but a serial number or an address: `114180123456`, `0x00158d00`, `A4:C1:38:11:22:33`. */
const IS_ADDRESS = /^(?=.*\d)(0x)?([0-9a-f]{2}[:-]?){3,}$/i;

const isWord = (level: string | undefined): boolean => isContent(level) || isCollection(level);

/** How many first levels have the same levels behind them. */
export function rootsOf(topics: readonly SplitTopic[]): ReadonlyMap<string, number> {
  const roots = new Map<string, number>();
  for (const topic of topics) roots.set(tailOf(topic), (roots.get(tailOf(topic)) ?? 0) + 1);
  return roots;
}

const tailOf = ({ levels, root }: SplitTopic): string => levels.slice(root + 1).join("/");

/** `peers`: topics with the same first level and as many levels, itself included. */
export function patternOf(topic: SplitTopic, peers: readonly SplitTopic[], roots: ReadonlyMap<string, number>): string {
  const { levels, root, last, known } = topic;
  if (known.hasSeveralIds) return known.topic;
  const metricAt = metricLevel(topic, peers);
  const varying = variesAt(topic, peers).filter((at) => at !== metricAt);
  const isRootDevice = varying.length === 0 && last > root && (roots.get(tailOf(topic)) ?? 0) > 1;
  return levels
    .map((level, at) => {
      if (isRootDevice) return at === root ? "{device}" : level;
      if (at === metricAt) return "{metric}";
      return devicesOf(topic, varying, metricAt).includes(at) ? "{device}" : level;
    })
    .join("/");
}

function devicesOf(topic: SplitTopic, varying: readonly number[], metricAt: number | undefined): number[] {
  const { levels, root } = topic;
  const likely = likelyDevice(topic, metricAt);
  const devices = varying.length > 0 || likely === undefined ? varying : [likely];
  const isAddress = (level: string, at: number): boolean => at > root && at !== metricAt && IS_ADDRESS.test(level);
  return levels.flatMap((level, at) => (devices.includes(at) || isAddress(level, at) ? [at] : []));
}

/** The level that is the metric's name; undefined: there is none, or it is to be taken as it is. */
function metricLevel(
  { levels, root, last, isNamed, quantityAt, isDeviceLast }: SplitTopic,
  peers: readonly SplitTopic[],
): number | undefined {
  if (!isNamed || isDeviceLast) return undefined;
  if (quantityAt !== undefined) return quantityAt > root ? quantityAt : undefined;
  if (last === root || isContent(levels[last])) return undefined;
  // Where several values of one thing came, the last level tells them apart.
  const before = levels.slice(0, last).join("/");
  const ofOne = peers.filter((peer) => peer.levels.slice(0, last).join("/") === before);
  return ofOne.length > 1 ? last : undefined;
}

function variesAt(topic: SplitTopic, peers: readonly SplitTopic[]): number[] {
  const { levels, root, last, isNamed, quantityAt, isDeviceLast } = topic;
  const isValueName = isNamed && quantityAt === undefined && !isDeviceLast;
  return levels.flatMap((level, at) => {
    if (at <= root || peers.every((peer) => peer.levels[at] === level)) return [];
    // Of sensor and binary_sensor neither is a device.
    if (peers.every((peer) => isWord(peer.levels[at])) || (at === last && (isValueName || isContent(level)))) return [];
    return [at];
  });
}

/** Where nothing varies; undefined: no level is a device's name. */
function likelyDevice(topic: SplitTopic, metricAt: number | undefined): number | undefined {
  const { levels, root, last, isNamed, quantityAt, isDeviceLast } = topic;
  const isValueName = isNamed && metricAt === undefined && quantityAt === undefined && !isDeviceLast;
  const behind = levels.map((_, at) => at).filter((at) => at > root && at !== metricAt && levels[at] !== "");
  const candidates = behind.filter((at) => !isWord(levels[at]) && !(at === last && isValueName)).reverse();
  const best = candidates.find((at) => HAS_DIGIT.test(levels[at] ?? "")) ?? candidates[0];
  // Of node/sensor/temperature/state the first level is the device, and the others are names enough for a mapping.
  const isRoot =
    best === undefined && behind.some((at) => isWord(levels[at])) && !isWord(levels[root]) && quantityAt !== root;
  return isRoot ? root : best;
}

interface Pattern {
  readonly text: string;
  readonly levels: readonly string[];
}

const isPlaceholder = (level: string | undefined): boolean => level?.startsWith("{") === true;
const placeholders = (levels: readonly string[]): number => levels.filter(isPlaceholder).length;

export const patternsOf = (texts: Iterable<string>): Pattern[] =>
  [...new Set(texts)].map((text) => ({ text, levels: text.split("/") }));

/** Where one pattern takes all that another one does, two mappings would get into each other's way. All have as many levels. */
export function mostGeneral({ levels }: SplitTopic, own: string, all: readonly Pattern[]): string {
  let best = { text: own, count: placeholders(own.split("/")) };
  for (const { text, levels: some } of all) {
    if (!levels.every((level, at) => some[at] === level || isPlaceholder(some[at]))) continue;
    const count = placeholders(some);
    if (count > best.count) best = { text, count };
  }
  return best.text;
}

const LEAST_TOPICS = 3;
const LEAST_LEVELS = 4;

/**
 * `N/c06/{device}/{device}/{metric+}` for trees of values, such as those of Victron and Z-Wave JS, where each value is at another depth.
 * `topics`: with the same first level, each with one named value. Undefined: they are no such tree.
 */
export function treePattern(topics: readonly SplitTopic[]): string | undefined {
  const [first] = topics;
  const depths = topics.map(({ levels }) => levels.length);
  const least = Math.min(...depths);
  if (first?.known.facts.payload !== "json" || !first.isNamed || first.known.hasSeveralIds) return undefined;
  if (topics.length < LEAST_TOPICS || new Set(depths).size < 2 || least < LEAST_LEVELS) return undefined;
  const { levels, root } = first;
  const at = levels.findIndex((level, index) => index > root && topics.some((topic) => topic.levels[index] !== level));
  if (at < 0 || at > least - 2) return undefined;
  const isInstance = at + 1 <= least - 2 && hasInstances(topics, at);
  const devices = isInstance ? ["{device}", "{device}"] : ["{device}"];
  return [...levels.slice(0, at), ...devices, "{metric+}"].join("/");
}

/** Each device has one number behind it: battery/512, solarcharger/279. */
function hasInstances(topics: readonly SplitTopic[], at: number): boolean {
  const numbers = new Map<string, string>();
  return topics.every(({ levels }) => {
    const [name = "", number = ""] = [levels[at], levels[at + 1]];
    const former = numbers.get(name) ?? number;
    numbers.set(name, number);
    return /^\d+$/.test(number) && former === number;
  });
}
