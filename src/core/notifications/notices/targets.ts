/** Which channels a rule sends to. Pure. */
import type { Rule, Severity } from "../../../contract/alerts.ts";
import type { Channel } from "../../../contract/channels.ts";

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

export const isAtLeast = (severity: Severity, least: Severity): boolean => RANK[severity] >= RANK[least];

/** The greatest. */
export const worstOf = (severities: readonly Severity[]): Severity =>
  severities.reduce<Severity>((worst, each) => (isAtLeast(each, worst) ? each : worst), "info");

/** Ids of those that are switched on, and take alerts that are so severe. */
export const targetsOf = (ids: Rule["channels"], severity: Severity, channels: readonly Channel[]): string[] =>
  channels
    .filter(
      ({ id, enabled, atLeast }) => enabled && isAtLeast(severity, atLeast) && (ids === "all" || ids.includes(id)),
    )
    .map(({ id }) => id);
