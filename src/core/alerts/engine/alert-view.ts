/** Makes of what the engine knows what others are given: alerts, and lines of the log. */
import type { Alert, AlertEvent, AlertEventKind, Severity } from "../../../contract/alerts.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SilenceBook } from "../alert-types.ts";
import type { AlertDevices } from "./alert-devices.ts";
import type { AlertInstance } from "./alert-instance.ts";
import { textOf } from "./alert-text.ts";
import { createWallTime, type WallOf } from "./wall-time.ts";

export interface AlertView {
  /** `wallOf`: where what is judged came at another time than now. */
  alertOf(instance: AlertInstance, wallOf?: WallOf): Alert;
  eventOf(instance: AlertInstance, happened: EventParts): AlertEvent;
}

export interface EventParts extends Pick<AlertEvent, "by" | "note"> {
  readonly kind: AlertEventKind;
  /** Epoch ms. */
  readonly atMs: number;
  readonly episode: number;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** Of one episode there is one of each of these. The others may come several times. */
const ONCE: ReadonlySet<AlertEventKind> = new Set(["firing", "resolved", "ended"]);

export interface AlertViewOptions {
  readonly devices: AlertDevices;
  readonly silences: SilenceBook;
  readonly clock: Clock;
}

export function createAlertView({ devices, silences, clock }: AlertViewOptions): AlertView {
  const wallNow = createWallTime(clock);

  function headOf(instance: AlertInstance, isResolved = false) {
    const { rule, deviceId, metric, value } = instance;
    const deviceName = deviceId && devices.nameOf(deviceId);
    const infoOf = (name: string) => (deviceId === undefined ? undefined : devices.metricInfo(deviceId, name));
    const unit = metric === undefined ? undefined : infoOf(metric)?.unit;
    return {
      ruleId: rule.rule.id,
      ruleName: rule.rule.name,
      severity: rule.rule.severity,
      ...(deviceId !== undefined && { deviceId }),
      ...(deviceName !== undefined && { deviceName }),
      ...(metric !== undefined && { metric }),
      ...(value !== undefined && { value }),
      ...(unit !== undefined && unit !== "" && value !== undefined && { unit }),
      text: textOf(instance, { deviceName: deviceName ?? deviceId, infoOf, isResolved }),
    };
  }

  function alertOf(instance: AlertInstance, wallOf = wallNow): Alert {
    const { id, phase, noDataSinceMs, acknowledged, supersededBy, rule, deviceId } = instance;
    const untilMs = silences.untilMs(rule.rule.id, deviceId);
    return {
      id,
      ...headOf(instance),
      state: phase.state,
      data: phase.data,
      since: iso(wallOf(phase.sinceMs)),
      episode: phase.episode,
      ...(noDataSinceMs !== undefined && { noDataSince: iso(noDataSinceMs) }),
      ...(acknowledged !== undefined && { acknowledged }),
      ...(untilMs !== undefined && { silencedUntil: iso(untilMs) }),
      ...(supersededBy !== undefined && { supersededBy }),
    };
  }

  function eventOf(instance: AlertInstance, parts: EventParts): AlertEvent {
    const { kind, atMs, episode, by, note, fromMs, toMs } = parts;
    const base = `${instance.id}/${episode}/${kind}`;
    return {
      id: ONCE.has(kind) ? base : `${base}/${Math.round(fromMs ?? atMs)}`,
      at: iso(atMs),
      kind,
      alertId: instance.id,
      episode,
      ...headOf(instance, kind === "resolved"),
      ...(by !== undefined && { by }),
      ...(note !== undefined && { note }),
      ...(fromMs !== undefined && { from: iso(fromMs) }),
      ...(toMs !== undefined && { to: iso(toMs) }),
    };
  }

  return { alertOf, eventOf };
}

const RANKS: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** The most severe first, of these the newest. */
export const bySeverity = (one: Alert, other: Alert): number =>
  RANKS[one.severity] - RANKS[other.severity] || (one.since < other.since ? 1 : one.since > other.since ? -1 : 0);

const iso = (ms: number): string => new Date(Math.min(Math.max(0, Math.round(ms)), MOST_MS)).toISOString();
/** The end of the year 9999. */
const MOST_MS = Date.UTC(9999, 11, 31);
