/** Finds Shelly's topics by their form: `shellies/<id>/…` of the first generation, `<prefix>/events/rpc` and `<prefix>/status/…` of the later ones. */
import { hasFixedRoot } from "../payload/fixed-roots.ts";

export type ShellyTopic =
  | { readonly kind: "gen1"; readonly id: string; readonly path: string }
  /** Without a prefix: the one that all share. */
  | { readonly kind: "announce"; readonly prefix: string | undefined }
  | { readonly kind: "online"; readonly prefix: string }
  | { readonly kind: "rpc"; readonly prefix: string }
  /** `switch:0`; `index` undefined: there is one of its kind only, such as `sys`. */
  | {
      readonly kind: "component";
      readonly prefix: string;
      readonly component: string;
      readonly index: number | undefined;
    };

export const ROOT = "shellies/";
const ANNOUNCE = "shellies/announce";

/** As the firmware makes it of model and MAC: `shellyplusht-c049ef8bc088`, `shelly1-40F520`, `st1820-8cbfeaa6eba0`. */
const DEFAULT_NAME = /^(shelly[a-z0-9-]*-[0-9a-f]{6,12}|[a-z0-9]+-[0-9a-f]{12})$/i;
const COMPONENT = /^(.+)\/status\/([a-z][a-z0-9_]*)(?::(\d{1,5}))?$/;
/** Of generation 1. */
const PATH = new RegExp(
  `^(?:${[
    String.raw`(?:relay|roller|light|color|white)/\d{1,2}`,
    String.raw`(?:relay|light|color|white)/\d{1,2}/(?:power|energy|overpower|overpower_value)`,
    String.raw`(?:light|color|white)/\d{1,2}/status`,
    String.raw`roller/\d{1,2}/(?:power|energy|pos|stop_reason)`,
    "relay/(?:power|energy)",
    String.raw`emeter/\d{1,2}/(?:power|reactive_power|pf|current|voltage|total|total_returned|energy|returned_energy)`,
    String.raw`(?:input|input_event|longpush|ext_temperature|ext_temperature_f|ext_humidity|ext_switch|adc)/\d{1,2}`,
    "temperature|temperature_f|temperature_status|overtemperature|overload|overpower|loaderror|voltage",
    "sensor/(?:temperature|humidity|battery|lux|illumination|state|tilt|vibration|motion|flood|smoke|gas|concentration)",
    "sensor/(?:self_test|operation|charger|ext_power|error)",
    "info|status",
  ].join("|")})$`,
);

/** `isKnown`: a Shelly was heard with this prefix. */
export function shellyTopicOf(topic: string, isKnown: (prefix: string) => boolean): ShellyTopic | undefined {
  if (topic === ANNOUNCE) return { kind: "announce", prefix: undefined };
  const isBelowRoot = topic.startsWith(ROOT);
  if (!isBelowRoot && hasFixedRoot(topic)) return undefined;
  const isShelly = (prefix: string): boolean =>
    (isBelowRoot && prefix.length > ROOT.length) || hasDefaultName(prefix) || isKnown(prefix);
  return laterTopicOf(topic, isShelly) ?? (isBelowRoot ? gen1TopicOf(topic.slice(ROOT.length)) : undefined);
}

export const hasDefaultName = (prefix: string): boolean => DEFAULT_NAME.test(prefix.slice(prefix.lastIndexOf("/") + 1));

/** Topics that all generations have, too. */
function laterTopicOf(topic: string, isShelly: (prefix: string) => boolean): ShellyTopic | undefined {
  const prefix = before(topic, "/events/rpc");
  if (prefix !== undefined) return { kind: "rpc", prefix };
  for (const kind of ["online", "announce"] as const) {
    const of = before(topic, `/${kind}`);
    if (of !== undefined && isShelly(of)) return { kind, prefix: of };
  }
  const [, of = "", component = "", index] = COMPONENT.exec(topic) ?? [];
  if (component === "" || (index === undefined && !isShelly(of))) return undefined;
  return { kind: "component", prefix: of, component, index: index === undefined ? undefined : Number(index) };
}

function before(topic: string, end: string): string | undefined {
  return topic.endsWith(end) && topic.length > end.length ? topic.slice(0, -end.length) : undefined;
}

/** The id may have levels of its own. */
function gen1TopicOf(below: string): ShellyTopic | undefined {
  for (let end = below.indexOf("/"); end > 0; end = below.indexOf("/", end + 1)) {
    const path = below.slice(end + 1);
    if (PATH.test(path)) return { kind: "gen1", id: below.slice(0, end), path };
  }
  return undefined;
}
