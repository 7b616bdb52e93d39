/** Attributes of a board from INFO1, INFO2, INFO3 and its discovery. */
import { isObject, type JsonObject } from "../payload/payload-text.ts";

/** Tasmota's name → the attribute. */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ["Module", "model"],
  ["Version", "firmware"],
  ["Hostname", "hostname"],
  ["IPAddress", "ip"],
  ["RestartReason", "restartReason"],
  ["BootCount", "bootCount"],
  ["md", "model"],
  ["sw", "firmware"],
  ["hn", "hostname"],
  ["ip", "ip"],
  ["mac", "mac"],
]);

/** Since Tasmota 10 the object is inside another one, `{"Info1":{…}}`. */
export function aboutBoard(json: JsonObject): [string, unknown][] {
  const [inner] = ["Info1", "Info2", "Info3"].map((key) => json[key]).filter(isObject);
  return Object.entries(inner ?? json).flatMap(([key, value]): [string, unknown][] => {
    const attribute = ATTRIBUTES.get(key);
    return attribute === undefined ? [] : [[attribute, unlessNone(value)]];
  });
}

/** A board on Ethernet has no address of its WiFi, and the other way round. */
const unlessNone = (value: unknown): unknown => (value === "0.0.0.0" ? undefined : value);
