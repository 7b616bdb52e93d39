/** Reads a notification of JSON-RPC, as a Shelly publishes it on `<prefix>/events/rpc`. */
import { instantIfSet } from "../payload/device-clock.ts";
import { metricNameOf } from "../payload/names.ts";
import { isObject, type JsonObject } from "../payload/payload-text.ts";

export interface Frame {
  readonly src: string;
  readonly method: string;
  readonly params: JsonObject;
  /** `params.ts`; undefined while its clock is not set. */
  readonly said: unknown;
}

const IS_SRC = /^[A-Za-z0-9_.:-]{1,64}$/;

/** Undefined: it is not a Shelly's. */
export function frameOf(json: JsonObject): Frame | undefined {
  const { src, method, params } = json;
  if (typeof src !== "string" || !IS_SRC.test(src) || typeof method !== "string" || !isObject(params)) return undefined;
  return { src, method, params, said: instantIfSet(params["ts"]) };
}

/** A button that was pressed, or something else that happens to a component. */
export interface ComponentEvent {
  /** `input.0.event` */
  readonly name: string;
  readonly event: string;
  readonly said: unknown;
}

const MAX_EVENTS = 50;
/** A component of which there may be several: `input:0`, `bthomesensor:201`, `script:3`. */
const IS_NUMBERED = /^[a-z][a-z0-9_]{0,30}:\d{1,5}$/;
const IS_EVENT = /^[A-Za-z0-9_.: -]{1,64}$/;
/** About the board's software. */
const NO_EVENTS: ReadonlySet<string> = new Set(["config_changed"]);

/** What board and software tell of themselves, such as an update, is no event of the house. */
export function componentEvents({ params, said }: Frame): ComponentEvent[] {
  const { events } = params;
  if (!Array.isArray(events)) return [];
  return events.slice(0, MAX_EVENTS).flatMap((each: unknown) => {
    if (!isObject(each)) return [];
    const { component, event, ts } = each;
    if (typeof component !== "string" || !IS_NUMBERED.test(component)) return [];
    if (typeof event !== "string" || !IS_EVENT.test(event) || NO_EVENTS.has(event)) return [];
    return [{ name: metricNameOf(`${component}.event`), event, said: instantIfSet(ts) ?? said }];
  });
}

/** Whether its settings, its name among them, are others now. */
export const isConfigChanged = ({ params }: Frame): boolean =>
  Array.isArray(params["events"]) &&
  params["events"].some(
    (each: unknown) => isObject(each) && each["component"] === "sys" && each["event"] === "config_changed",
  );
