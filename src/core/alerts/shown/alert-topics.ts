/** Keeps a retained MQTT message for each alert that fires: its JSON while it does, nothing when it is over. */
import type { Alert } from "../../../contract/alerts.ts";
import { alertTopic } from "../../../contract/topics.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AlertEngine } from "../alert-types.ts";
import { isFiring } from "./alert-summary.ts";

export interface AlertTopicsOptions {
  readonly alerts: Pick<AlertEngine, "list" | "onChange">;
  readonly clock: Pick<Clock, "after">;
  /** Retained; an empty payload takes the former away. */
  readonly publish: (topic: string, payload: Uint8Array) => void;
}

export interface AlertTopics {
  /** What the broker kept of an earlier run below `aerie/`: what does not hold any more is cleared. */
  reconcile(kept: readonly KeptTopic[]): void;
  close(): void;
}

export interface KeptTopic {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** A power cut of a hall changes thousands at once: boards are answered in between. */
const SLICE = 50;
const SLICE_EVERY_MS = 5;

const NOTHING = new Uint8Array();
const encoder = new TextEncoder();

export function createAlertTopics({ alerts, clock, publish }: AlertTopicsOptions): AlertTopics {
  /** By topic what is to be published, the newest only; bounded by the number of alerts. */
  const waiting = new Map<string, string>();
  /** By topic, what is retained. */
  const retained = new Map<string, string>();
  let stop: (() => void) | undefined;

  function set(topic: string, payload: string): void {
    if ((retained.get(topic) ?? "") === payload) return void waiting.delete(topic);
    waiting.set(topic, payload);
    stop ??= clock.after(SLICE_EVERY_MS, send);
  }

  function send(): void {
    stop = undefined;
    let left = SLICE;
    for (const [topic, payload] of waiting) {
      if (left-- === 0) {
        stop = clock.after(SLICE_EVERY_MS, send);
        return;
      }
      waiting.delete(topic);
      if (payload === "") retained.delete(topic);
      else retained.set(topic, payload);
      publish(topic, payload === "" ? NOTHING : encoder.encode(payload));
    }
  }

  for (const alert of alerts.list()) set(topicOf(alert), stateOf(alert));
  alerts.onChange((changed) => {
    for (const alert of changed) set(topicOf(alert), stateOf(alert));
  });

  return {
    reconcile: (kept) => {
      const decoder = new TextDecoder();
      for (const { topic, payload } of kept) {
        // What was published since holds already.
        if (retained.has(topic)) continue;
        retained.set(topic, decoder.decode(payload));
        set(topic, waiting.get(topic) ?? "");
      }
    },
    close: () => stop?.(),
  };
}

const stateOf = (alert: Alert): string => (isFiring(alert) ? JSON.stringify(alert) : "");

/** Of the hub itself `aerie/alerts/<rule>/@hub/<what>`: no device id has an `@`. */
export function topicOf({ id, ruleId, deviceId }: Pick<Alert, "id" | "ruleId" | "deviceId">): string {
  const [device, behind] = deviceId === undefined ? ["@hub", `${ruleId}~~`] : [deviceId, `${ruleId}~${deviceId}~`];
  return alertTopic(ruleId, device, id.startsWith(behind) ? id.slice(behind.length) : undefined);
}
