/** The pages of alerts, which are loaded together. */
import { AlertsPage } from "../alerts/alerts-page.tsx";
import { RulePage } from "../rules/rule-page.tsx";
import type { Route } from "../ui/route.ts";

export function AlertsPages({ now }: { now: Extract<Route, { page: "alerts" | "rule" }> }) {
  return now.page === "rule" ? <RulePage id={now.id} key={now.id} /> : <AlertsPage tab={now.tab} />;
}
