/** Chooses what of a RESULT is a state or an event: answers to commands carry settings, noise and secrets besides. */
import type { MetricValue } from "../../contract/readings.ts";
import type { Fault } from "../../core/model/result.ts";
import type { FoundMetrics } from "../payload/flat-metrics.ts";
import { isObject, type JsonObject } from "../payload/payload-text.ts";
import { isQuantity } from "./quantities.ts";
import { metricsOf, type StateWords } from "./telemetry.ts";

const IS_STATE = /^(POWER\d{0,2}|Dimmer\d?|Color|HSBColor|White|CT|Channel|FanSpeed|Shutter\d{1,2})$/;
/** With SetOption73 and SetOption114. */
const IS_INPUT = /^(Button|Switch)\d{1,2}$/;
/** What a board received by infrared light or radio. */
const IS_RECEIVED = /^(IrReceived|RfReceived)$/;
/** Inputs of a port expander that has just changed. */
const IS_EXPANDER = /^(MCP230XX_INT|PCF8574.*_INP)$/;
const IS_PIN = /^D\d{1,2}$/;

export function resultMetrics(json: JsonObject, words: StateWords): FoundMetrics {
  const metrics = new Map<string, MetricValue>();
  const faults: Fault[] = [];
  for (const [key, value] of Object.entries(json)) {
    const chosen = chosenOf(key, value);
    if (chosen === undefined) continue;
    const found = metricsOf({ [key]: chosen }, words);
    for (const [name, each] of found.metrics) metrics.set(name, each);
    faults.push(...found.faults);
  }
  return { metrics, faults };
}

/** Undefined: nothing of it. */
function chosenOf(key: string, value: unknown): unknown {
  if (IS_STATE.test(key)) return value;
  if (!isObject(value)) return undefined;
  if (IS_RECEIVED.test(key)) return value;
  if (IS_INPUT.test(key)) return "Action" in value ? { Action: value["Action"] } : undefined;
  const isRead = IS_EXPANDER.test(key) ? (field: string) => IS_PIN.test(field) : isQuantity;
  const measured = Object.entries(value).filter(([field, each]) => isRead(field) && typeof each === "number");
  return measured.length === 0 ? undefined : Object.fromEntries(measured);
}
