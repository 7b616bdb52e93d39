/** The body of a webhook for programs: all of a message, as it is, as JSON. */
import type { MessageEntry, OutgoingMessage } from "../../core/ports/alert-channel.ts";
import { wellFormed } from "../text/plain-text.ts";

export function jsonBody(message: OutgoingMessage): object {
  const { id, severity, title, entries, more, createdAtMs, acknowledgeUrl, pageUrl, hint } = message;
  return {
    id,
    severity,
    title: wellFormed(title),
    createdAt: isoOf(createdAtMs),
    entries: entries.map(entryBody),
    more,
    ...(acknowledgeUrl !== undefined && { acknowledgeUrl }),
    ...(pageUrl !== undefined && { pageUrl }),
    ...(hint !== undefined && { hint: wellFormed(hint) }),
  };
}

const entryBody = ({ alertId, kind, severity, ruleName, device, atMs, text, runbook }: MessageEntry): object => ({
  alertId,
  kind,
  severity,
  rule: wellFormed(ruleName),
  ...(device !== undefined && { device: wellFormed(device) }),
  at: isoOf(atMs),
  text: wellFormed(text),
  ...(runbook !== undefined && { runbook }),
});

/** Null for what is no time. */
export function isoOf(ms: number): string | null {
  const at = new Date(ms);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
