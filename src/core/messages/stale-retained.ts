/** Decides which retained messages nobody stands behind any more. */
import type { RetainedFacts } from "../ports/retained-messages.ts";

export interface StaleRules {
  readonly nowMs: number;
  /** What was set before then is at least as old. */
  readonly startedAtMs: number;
  readonly isDevice: (id: string) => boolean;
  readonly isConnected: (clientId: string) => boolean;
}

export const STALE_AFTER_MS = 24 * 3_600_000;

/** The hub's own topics. */
export const isOfHub = (topic: string): boolean => topic.startsWith("aerie/");

/** It was not set for a day, and its device is unknown; on a topic of another family, its client is not connected. */
export function isStale(facts: Pick<RetainedFacts, "topic" | "publisher" | "setAtMs">, rules: StaleRules): boolean {
  const { topic, publisher, setAtMs = rules.startedAtMs } = facts;
  if (isOfHub(topic) || rules.nowMs - setAtMs < STALE_AFTER_MS) return false;
  const [root, id = ""] = topic.split("/");
  if (root === "devices") return !rules.isDevice(id);
  return publisher !== undefined && !rules.isConnected(publisher);
}
