/** Sorts alerts into what needs somebody, what somebody knows of, and what is quiet; many of one rule become one group. */
import type { Alert, Severity } from "../../../src/contract/alerts.ts";

export const SEVERITIES: readonly Severity[] = ["critical", "warning", "info"];

const RANKS: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

export interface AlertParts {
  /** They fire, and nobody has acknowledged or silenced them. */
  readonly open: readonly Alert[];
  readonly acknowledged: readonly Alert[];
  readonly silenced: readonly Alert[];
  /** Another alert of the same device explains them. */
  readonly explained: readonly Alert[];
  /** The condition holds, but not yet for long enough. */
  readonly pending: readonly Alert[];
}

export type AlertPart = keyof AlertParts;

export function partOf(alert: Alert): AlertPart | undefined {
  if (alert.state === "normal") return undefined;
  if (alert.state === "pending") return "pending";
  if (alert.silencedUntil !== undefined) return "silenced";
  if (alert.acknowledged !== undefined) return "acknowledged";
  return alert.supersededBy === undefined ? "open" : "explained";
}

/** The worst first, and of those the newest. */
const bySeverity = (a: Alert, b: Alert): number =>
  RANKS[a.severity] - RANKS[b.severity] || (a.since < b.since ? 1 : a.since > b.since ? -1 : a.id < b.id ? -1 : 1);

/** Of alerts that are sorted: among those of one severity, the ones that are `shown` already stay before others, in their order. */
export function keepShown(sorted: readonly Alert[], shown: readonly string[]): readonly Alert[] {
  const rankOf = ({ id }: Alert): number => (shown.includes(id) ? shown.indexOf(id) : shown.length);
  return [...sorted].sort((a, b) => RANKS[a.severity] - RANKS[b.severity] || rankOf(a) - rankOf(b));
}

export function alertParts(alerts: Iterable<Alert>): AlertParts {
  const parts: Record<AlertPart, Alert[]> = { open: [], acknowledged: [], silenced: [], explained: [], pending: [] };
  for (const alert of alerts) {
    const part = partOf(alert);
    if (part !== undefined) parts[part].push(alert);
  }
  for (const part of Object.values(parts)) part.sort(bySeverity);
  return parts;
}

export interface AlertGroup {
  readonly ruleId: string;
  readonly ruleName: string;
  readonly severity: Severity;
  readonly alerts: readonly Alert[];
}

/** So many of one rule are shown one by one. */
export const MOST_ALONE = 3;

/** In the order of their worst alerts. */
export function groupsOf(sorted: readonly Alert[]): readonly AlertGroup[] {
  const groups = new Map<string, Alert[]>();
  for (const alert of sorted) {
    const known = groups.get(alert.ruleId);
    if (known === undefined) groups.set(alert.ruleId, [alert]);
    else known.push(alert);
  }
  const all = [...groups.values()].flatMap((alerts) =>
    alerts.length > MOST_ALONE ? [alerts] : alerts.map((alert) => [alert]),
  );
  return all
    .flatMap((alerts) => {
      const [first] = alerts;
      return first === undefined
        ? []
        : [{ ruleId: first.ruleId, ruleName: first.ruleName, severity: first.severity, alerts, first }];
    })
    .sort((a, b) => bySeverity(a.first, b.first))
    .map(({ first: _, ...group }) => group);
}

export function worstOf(alerts: readonly Alert[]): Severity | undefined {
  return SEVERITIES.find((severity) => alerts.some((alert) => alert.severity === severity));
}
