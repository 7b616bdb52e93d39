/** Alerts for tests of what is shown of them, and an engine that says what a test says. */
import type { Alert } from "../../../../../src/contract/alerts.ts";
import type { AlertEngine } from "../../../../../src/core/alerts/alert-types.ts";

export function alertOf(id: string, more: Partial<Alert> = {}): Alert {
  const [ruleId = "", deviceId = ""] = id.split("~");
  return {
    id,
    ruleId,
    ruleName: "Gas",
    severity: "critical",
    ...(deviceId !== "" && { deviceId }),
    state: "firing",
    data: "fresh",
    since: "2026-11-29T12:00:00.000Z",
    episode: 1,
    text: "gasPpm is 312",
    ...more,
  };
}

export interface ToldEngine extends Pick<AlertEngine, "list" | "onChange"> {
  tell(...alerts: Alert[]): void;
}

export function createToldEngine(...stored: Alert[]): ToldEngine {
  const alerts = new Map(stored.map((alert) => [alert.id, alert]));
  const listeners: Parameters<AlertEngine["onChange"]>[0][] = [];
  return {
    list: () => [...alerts.values()].filter(({ state }) => state !== "normal"),
    onChange: (run) => void listeners.push(run),
    tell: (...changed) => {
      for (const alert of changed) alerts.set(alert.id, alert);
      for (const run of listeners) run(changed, []);
    },
  };
}
