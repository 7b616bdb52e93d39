/** How bad an alert is, as shape and word: readable without colour. */
import type { Severity } from "../../../src/contract/alerts.ts";
import { Icon, type IconName } from "../ui/icon.tsx";

export const SEVERITY_ICONS: Readonly<Record<Severity, IconName>> = {
  critical: "critical",
  warning: "warning",
  info: "info",
};

export function SeverityMark({ severity, isQuiet = false }: { severity: Severity; isQuiet?: boolean }) {
  return (
    <span class={`severity severity-${severity}`} data-severity={severity}>
      <Icon name={SEVERITY_ICONS[severity]} />
      <span class={isQuiet ? "sr-only" : ""}>{severity}</span>
    </span>
  );
}
