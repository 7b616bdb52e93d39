/** Shows alerts as they change: to browsers, and as retained MQTT messages. */
import type { Broker } from "../broker/broker.ts";
import { isHubTopic } from "../core/access/mqtt-access.ts";
import { createAlertTopics } from "../core/alerts/shown/alert-topics.ts";
import type { Journal } from "../core/ports/broker-state.ts";
import type { Live } from "../live/live.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Alerts } from "./open-alerts.ts";
import type { Storage } from "./open-storage.ts";

export interface ShowAlertsOptions extends Pick<PartOptions, "clock" | "own"> {
  readonly alerts: Pick<Alerts, "engine" | "summary">;
  readonly live: Pick<Live, "alerts">;
  readonly broker: Pick<Broker, "publish">;
  readonly storage: Pick<Storage, "kept" | "onReached">;
}

/** After the broker has taken what it kept, also where MongoDB answers late. */
export function showAlerts({ clock, own, alerts, live, broker, storage }: ShowAlertsOptions): void {
  const { engine, summary } = alerts;
  live.alerts([], summary.firing());
  engine.onChange((changed) => live.alerts(changed, summary.firing()));
  const topics = createAlertTopics({
    alerts: engine,
    clock,
    publish: (topic, payload) => broker.publish(topic, payload, { qos: 1, retain: true }),
  });
  own("topics of alerts", topics);
  const reconcile = ({ retained }: Journal): void =>
    topics.reconcile(retained.flatMap(({ value }) => (isHubTopic(value.topic) ? [value] : [])));
  reconcile(storage.kept.journal);
  storage.onReached(({ journal }) => reconcile(journal));
}
