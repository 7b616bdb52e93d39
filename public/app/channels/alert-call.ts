/** Decides which changes call somebody, and with what words. */
import type { Alert } from "../../../src/contract/alerts.ts";

const NAMED = 3;

/** Those that fire and did not before; one that still fires, is known to somebody or is silenced calls nobody. */
export function beganToFire(changed: readonly Alert[], before: ReadonlyMap<string, Alert>): Alert[] {
  return changed.filter((alert) => {
    if (alert.state !== "firing" || alert.acknowledged !== undefined || alert.silencedUntil !== undefined) return false;
    if (alert.supersededBy !== undefined) return false;
    const former = before.get(alert.id);
    const wasFiring = former?.state === "firing" || former?.state === "recovering";
    return !wasFiring || former.episode !== alert.episode;
  });
}

export const lineOf = ({ severity, text }: Alert): string => `${severity}: ${text}`;

export function callWords(alerts: readonly Alert[]): string {
  const named = alerts.slice(0, NAMED).map(lineOf).join(". ");
  const more = alerts.length - NAMED;
  return more > 0 ? `${named}. And ${more} more.` : named;
}
