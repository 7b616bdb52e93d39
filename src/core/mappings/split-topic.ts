/** A topic that nobody reads, level by level: which of them says what. */
import { isQuantity } from "./known-quantities.ts";
import type { SampleFacts } from "./sample-facts.ts";

export interface KnownTopic {
  readonly topic: string;
  readonly facts: SampleFacts;
  /** Its payloads were of several devices. */
  readonly hasSeveralIds: boolean;
}

export interface SplitTopic {
  readonly known: KnownTopic;
  readonly levels: readonly string[];
  /** Behind a leading slash it is the second level. */
  readonly root: number;
  readonly last: number;
  /** The payload is one number, and the topic says which. */
  readonly isNamed: boolean;
  /** Of the level that names a quantity. */
  readonly quantityAt: number | undefined;
  /** The last level is a device, as in `sensors/kitchen`. */
  readonly isDeviceLast: boolean;
}

/** Levels behind which devices or values follow. */
const COLLECTIONS: ReadonlySet<string> = new Set(
  (
    "sensor sensors binary_sensor text_sensor switch relay device devices room rooms node nodes board boards meter meters " +
    "home house haus"
  ).split(" "),
);
/** Levels that say what is in the payload, or which value of a quantity it is. */
const CONTENTS: ReadonlySet<string> = new Set(
  (
    "data state status value values telemetry tele stat json measurement measurements reading readings attributes up uplink " +
    "out output event events info total today yesterday now actual average avg mean min max raw"
  ).split(" "),
);
export const isCollection = (level: string | undefined): boolean => COLLECTIONS.has((level ?? "").toLowerCase());
export const isContent = (level: string | undefined): boolean => CONTENTS.has((level ?? "").toLowerCase());

export function splitTopic(known: KnownTopic): SplitTopic {
  const levels = known.topic.split("/");
  const root = levels[0] === "" ? 1 : 0;
  const last = levels.length - 1;
  const isNamed = known.facts.payload === "value" || known.facts.isOne;
  // A quantity further in front is rather what a device is: battery/512/Soc.
  const likely = [last, last - 1, ...(last - root <= 2 ? [root] : [])].filter((at) => at >= root);
  const quantityAt = isNamed ? likely.find((at) => isQuantity(levels[at] ?? "")) : undefined;
  const isDeviceLast = isNamed && quantityAt === undefined && last === root + 1 && isCollection(levels[root]);
  return { known, levels, root, last, isNamed, quantityAt, isDeviceLast };
}
