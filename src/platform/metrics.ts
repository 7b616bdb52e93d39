/** The Prometheus metrics. None is labelled by device. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { reasonHex } from "../contract/reason-codes.ts";
import type { AlertCount } from "../core/alerts/shown/alert-summary.ts";
import type { RefusalCount } from "../core/limits/refusals.ts";
import type { NotificationCounts } from "../core/notifications/notification-types.ts";
import type { Counters } from "../core/ports/counters.ts";
import type { StoreSpace } from "../core/ports/readings-store.ts";

/** Read when `/metrics` is asked for. */
export interface Gauges {
  readonly waitingBytes: () => number;
  readonly mqttClients: () => number;
  readonly mqttSessions: () => number;
  readonly retainedMessages: () => number;
  readonly queuedBytes: () => number;
  readonly browsers: () => number;
  readonly liveSessions: () => number;
  readonly devices: () => number;
  readonly refusals: () => readonly RefusalCount[];
  /** Undefined while it is not known. */
  readonly space: () => StoreSpace | undefined;
  /** Of `hub.db` with its log; undefined while it is not known. */
  readonly hubFileBytes: () => number | undefined;
  /** What waits for MongoDB; undefined: nothing does. */
  readonly outbox: () => { readonly writes: number; readonly bytes: number } | undefined;
  readonly alerts: () => readonly AlertCount[];
  readonly alertRules: () => number;
  readonly notifications: () => NotificationCounts;
  readonly logLinesDropped: () => number;
}

export interface Metrics {
  readonly counters: Counters;
  watch(gauges: Gauges): void;
  /** The exposition, and its content type. */
  text(): Promise<{ body: string; contentType: string }>;
  close(): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const messages = countBy(registry, "outcome", "aerie_messages_total", "MQTT messages by what became of them");
  const readings = countBy(registry, "outcome", "aerie_readings_total", "Readings by what became of them");
  const upkeep = countBy(registry, "did", "aerie_upkeep_readings_total", "Readings by what upkeep did with them");
  const derived = countBy(
    registry,
    "outcome",
    "aerie_derived_total",
    "Derived metrics of readings by what became of them",
  );
  const hot = new Gauge({ name: "aerie_hot_readings", help: "Readings that are not in segments yet", registers });
  const commitWrites = new Histogram({
    name: "aerie_commit_writes",
    help: "Writes in one commit",
    buckets: [1, 3, 10, 30, 100, 300, 1_000, 3_000],
    registers,
  });
  const commitSeconds = new Histogram({
    name: "aerie_commit_seconds",
    help: "From handing a group to the store until it is durable",
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers,
  });
  const live = new Counter({ name: "aerie_live_seconds_total", help: "Main thread's time for live events", registers });
  const dropped = new Counter({
    name: "aerie_live_dropped_total",
    help: "Readings that a browser was not sent",
    registers,
  });
  const slowed = new Counter({
    name: "aerie_mqtt_slowed_total",
    help: "Times that an MQTT client sent faster than it may and was read more slowly",
    registers,
  });
  const queueDropped = new Counter({
    name: "aerie_queue_dropped_total",
    help: "Messages that a slow or absent MQTT client was not sent, because its queue was full or its packets too small",
    registers,
  });
  new Gauge({
    name: "aerie_disk_written_bytes",
    help: "Bytes that the process has had written to disk since its start",
    registers,
    collect() {
      this.set(process.resourceUsage().fsWrite * 512);
    },
  });
  return {
    counters: {
      message: (outcome) => messages(outcome, 1),
      readings,
      commit: ({ writes, durationMs }) => {
        commitWrites.observe(writes);
        commitSeconds.observe(durationMs / 1000);
      },
      liveMs: (spentMs) => live.inc(spentMs / 1000),
      dropped: (count) => dropped.inc(count),
      queueDropped: (count) => queueDropped.inc(count),
      slowed: () => slowed.inc(),
      derived: (outcome) => derived(outcome, 1),
      upkeep: (step) => {
        if (step.readings > 0) upkeep(step.did, step.readings);
        hot.set(step.hot);
      },
    },
    watch: (gauges) => {
      watch(registry, gauges);
      watchSpace(registry, gauges);
      watchAlerts(registry, gauges);
    },
    text: async () => ({ body: await registry.metrics(), contentType: registry.contentType }),
    close: () => registry.clear(),
  };
}

/** Counts in plain numbers, and gives them to prom-client when they are asked for: it hashes the labels at each increment. */
function countBy(
  registry: Registry,
  label: "outcome" | "did",
  name: string,
  help: string,
): (value: string, count: number) => void {
  const counts = new Map<string, number>();
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, count] of counts) this.inc({ [label]: value }, count);
    },
  });
  return (value, count) => void counts.set(value, (counts.get(value) ?? 0) + count);
}

function watch(registry: Registry, gauges: Gauges): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge("aerie_waiting_bytes", "Bytes of messages that wait to become durable", gauges.waitingBytes);
  gauge("aerie_mqtt_clients", "Connected MQTT clients", gauges.mqttClients);
  gauge("aerie_mqtt_sessions", "MQTT sessions, of connected clients and of absent ones", gauges.mqttSessions);
  gauge("aerie_retained_messages", "Retained messages", gauges.retainedMessages);
  gauge("aerie_queued_bytes", "Bytes of messages that wait for slow or absent MQTT clients", gauges.queuedBytes);
  gauge("aerie_browsers", "Connected Socket.IO clients", gauges.browsers);
  gauge("aerie_live_sessions", "Socket.IO sessions, with those that are not connected yet", gauges.liveSessions);
  gauge("aerie_devices", "Known devices", gauges.devices);
  gauge("aerie_alert_rules", "Rules of alerts, those that are switched off too", gauges.alertRules);
  gauge("aerie_outbox_writes", "Writes that wait for MongoDB", () => gauges.outbox()?.writes ?? 0);
  gauge("aerie_outbox_bytes", "Bytes of them on the hub's own disk", () => gauges.outbox()?.bytes ?? 0);
  new Counter({
    name: "aerie_log_lines_dropped_total",
    help: "Lines of the log that could not be written",
    registers,
    collect() {
      this.reset();
      this.inc(gauges.logLinesDropped());
    },
  });
  new Gauge({
    name: "aerie_refused",
    help: "Connections and messages refused since the start, by code, MQTT version and reason code answered",
    labelNames: ["code", "mqtt_version", "reason_code"],
    registers,
    collect() {
      for (const { count, ...labels } of gauges.refusals()) this.set(refusalLabels(labels), count);
    },
  });
}

/** What is not known has no sample: a disk with 0 bytes free would be a false alarm. */
function watchSpace(registry: Registry, { space, hubFileBytes }: Gauges): void {
  const registers = [registry];
  new Gauge({
    name: "aerie_store_bytes",
    help: "Bytes of the database's files, and those of them that it could give back or use again",
    labelNames: ["part"],
    registers,
    collect() {
      this.reset();
      const now = space();
      if (now === undefined) return;
      this.set({ part: "used" }, now.usedBytes);
      this.set({ part: "reusable" }, now.reusableBytes);
    },
  });
  new Gauge({
    name: "aerie_hub_file_bytes",
    help: "Bytes of hub.db: what is known and set of devices, and their presence",
    registers,
    collect() {
      const now = hubFileBytes();
      if (now === undefined) this.remove();
      else this.set(now);
    },
  });
  new Gauge({
    name: "aerie_disk_free_bytes",
    help: "Bytes free on the disk of the data directory",
    registers,
    collect() {
      const now = space();
      if (now === undefined) this.remove();
      else this.set(now.diskFreeBytes);
    },
  });
}

/** As Prometheus writes names. */
const OUTCOMES: Readonly<Record<string, string>> = { givenUp: "given_up" };

function watchAlerts(registry: Registry, { alerts, notifications }: Gauges): void {
  new Gauge({
    name: "aerie_alerts",
    help: "Alerts that are pending, firing or recovering, by severity",
    labelNames: ["severity", "state"],
    registers: [registry],
    collect() {
      for (const { count, ...labels } of alerts()) this.set(labels, count);
    },
  });
  new Counter({
    name: "aerie_notifications_total",
    help: "Notifications: messages sent and given up, and attempts that failed or were refused",
    labelNames: ["outcome"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(notifications()))
        this.inc({ outcome: OUTCOMES[outcome] ?? outcome }, count);
    },
  });
}

/** What is unknown of it has no label: to Prometheus an empty one is the same. */
const refusalLabels = ({ code, mqttVersion, reasonCode }: Omit<RefusalCount, "count">): Record<string, string> => ({
  code,
  ...(mqttVersion !== undefined && { mqtt_version: mqttVersion }),
  ...(reasonCode !== undefined && { reason_code: reasonHex(reasonCode) }),
});
