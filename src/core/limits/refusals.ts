/** A bounded list of what was refused and why, and counts by reason, for the owner. */

import type { FaultLocation, Refusal, Suggestion } from "../../contract/refusal.ts";
import { type MqttVersion, REFUSALS, type RefusalCode } from "../../contract/refusals.ts";
import { dropOldest, setNewest } from "../model/bounded-map.ts";
import { copyOf } from "../model/short-text.ts";
import type { Clock } from "../ports/clock.ts";

/** Kinds kept in memory; the one refused longest ago leaves first. */
const MAX_KINDS = 500;
/** Characters that are shown. */
const MAX_CLIENT_ID = 128;
const MAX_TOPIC = 256;

export interface Refused {
  readonly code: RefusalCode;
  readonly kind: Refusal["kind"];
  readonly detail?: string | undefined;
  readonly clientId?: string | undefined;
  readonly address?: string | undefined;
  readonly topic?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly metric?: string | undefined;
  readonly location?: FaultLocation | undefined;
  readonly suggestion?: Suggestion | undefined;
  readonly mqttVersion?: MqttVersion | undefined;
  /** The MQTT 5 reason code that was answered, if one was. */
  readonly reasonCode?: number | undefined;
}

/** How many of one code were answered alike. */
export interface RefusalCount {
  readonly code: RefusalCode;
  readonly mqttVersion: MqttVersion | undefined;
  readonly reasonCode: number | undefined;
  readonly count: number;
}

export interface Refusals {
  add(refused: Refused): void;
  /** The same client was let in; or, with a topic, its message there was accepted completely. */
  accepted(clientId: string, topic?: string): void;
  /** The newest first. */
  list(): Refusal[];
  /** Of each code, since the start. */
  counts(): ReadonlyMap<RefusalCode, number>;
  /** Of each code, version and reason code, since the start. */
  countsByAnswer(): readonly RefusalCount[];
  readonly sinceMs: number;
  /** Calls `listener` with each refusal as it is counted, and when what was refused is accepted; `key` is that of what is counted together. */
  onRefusal(listener: (refusal: Refusal, key: string) => void): void;
}

export interface RefusalsOptions {
  readonly clock: Clock;
  /** What a credential is called whose sessions begin with `owner`; undefined: there is none, or there are no accounts. */
  readonly credentialName?: (owner: string) => string | undefined;
}

export function createRefusals({ clock, credentialName = () => undefined }: RefusalsOptions): Refusals {
  const kinds = new Map<string, Refusal>();
  // Bounded: codes, versions and reason codes are closed lists.
  const counts = new Map<string, RefusalCount>();
  const listeners: ((refusal: Refusal, key: string) => void)[] = [];

  /** Clients, and clients with topics, of which something was refused and nothing accepted since. */
  const open = new Set<string>();

  function accepted(clientId: string, topic?: string): void {
    if (open.size === 0) return;
    const subject = subjectOf(clientId.slice(0, MAX_CLIENT_ID), topic?.slice(0, MAX_TOPIC));
    if (!open.delete(subject)) return;
    const acceptedAt = new Date(clock.nowMs()).toISOString();
    for (const [key, refusal] of kinds) {
      if (refusal.acceptedAt !== undefined || subjectIn(refusal) !== subject) continue;
      const next = { ...refusal, acceptedAt };
      kinds.set(key, next);
      for (const listener of listeners) listener(next, key);
    }
  }

  function setOpen(refusal: Refusal): void {
    const subject = subjectIn(refusal);
    if (subject === undefined) return;
    open.add(subject);
    dropOldest(open, MAX_KINDS);
  }

  function add(refused: Refused): void {
    countIn(counts, refused);
    // Client, address, topic and metric, but not the detail: a sensor that sends a new wrong number each second
    // is one line, not a thousand. Nor the version: the newest is shown.
    const { code, clientId, address, topic, metric } = refused;
    const key = JSON.stringify([code, clientId?.slice(0, MAX_CLIENT_ID), address, topic?.slice(0, MAX_TOPIC), metric]);
    const now = new Date(clock.nowMs()).toISOString();
    const former = kinds.get(key);
    // What was accepted meanwhile is refused again: it counts from now on.
    const counted = former?.acceptedAt === undefined ? former : undefined;
    const refusal = {
      ...describe(refused, counted?.firstAt ?? now, now, (counted?.count ?? 0) + 1),
      ...viaOf(refused, credentialName),
    };
    setNewest(kinds, key, refusal, MAX_KINDS);
    setOpen(refusal);
    for (const listener of listeners) listener(refusal, key);
  }

  return {
    add,
    accepted,
    list: () => [...kinds.values()].reverse(),
    counts: () => byCode(counts.values()),
    countsByAnswer: () => [...counts.values()],
    sinceMs: clock.nowMs(),
    onRefusal: (listener) => void listeners.push(listener),
  };
}

/** Refusals that a successful login resolves. Others stay open: a client may connect again, and send too large a packet again. */
const OF_LOGIN: ReadonlySet<RefusalCode> = new Set([
  "CLIENT_ID_INVALID",
  "CREDENTIAL_MISSING",
  "CREDENTIAL_UNKNOWN",
  "CREDENTIAL_WRONG",
  "CREDENTIAL_BUSY",
  "CREDENTIAL_EXPIRED",
  "CREDENTIAL_ENDED",
  "DISCONNECTED",
  "VERSION_UNSUPPORTED",
  "AUTH_METHOD_UNSUPPORTED",
]);

const subjectOf = (clientId: string, topic?: string): string =>
  topic === undefined ? clientId : `${clientId} ${topic}`;

/** The subject whose acceptance resolves the refusal; undefined: none. */
function subjectIn({ code, kind, clientId, topic }: Refusal): string | undefined {
  if (clientId === undefined) return undefined;
  if (kind === "connection") return OF_LOGIN.has(code) ? subjectOf(clientId) : undefined;
  return subjectOf(clientId, topic);
}

function countIn(counts: Map<string, RefusalCount>, { code, mqttVersion, reasonCode }: Refused): void {
  const key = `${code} ${mqttVersion} ${reasonCode}`;
  counts.set(key, { code, mqttVersion, reasonCode, count: (counts.get(key)?.count ?? 0) + 1 });
}

function byCode(counts: Iterable<RefusalCount>): Map<RefusalCode, number> {
  const sums = new Map<RefusalCode, number>();
  for (const { code, count } of counts) sums.set(code, (sums.get(code) ?? 0) + count);
  return sums;
}

/** Codes about connections that are refused by the id of their session, which may begin with the credential. */
const OF_SESSION: ReadonlySet<RefusalCode> = new Set(["TOO_MANY_SESSIONS", "CLIENT_ID_SHARED"]);

/** The id of a session is `<credential>/<client id>` where the two differ. */
function viaOf(
  { clientId = "", kind, code }: Refused,
  credentialName: (owner: string) => string | undefined,
): Pick<Refusal, "via"> {
  const end = clientId.indexOf("/");
  if (end < 0 || (kind === "connection" && !OF_SESSION.has(code))) return {};
  const via = credentialName(clientId.slice(0, end));
  return via === undefined ? {} : { via };
}

function describe(refused: Refused, firstAt: string, lastAt: string, count: number): Refusal {
  const { code, kind, detail, clientId, address, topic, deviceId, metric, location, mqttVersion, reasonCode } = refused;
  const { suggestion } = refused;
  return {
    code,
    reason: detail === undefined ? REFUSALS[code] : copyOf(`${REFUSALS[code]}: ${detail}`),
    ...(detail !== undefined && { detail: copyOf(detail) }),
    kind,
    ...(clientId !== undefined && { clientId: clientId.slice(0, MAX_CLIENT_ID) }),
    ...(address !== undefined && { address }),
    ...(topic !== undefined && { topic: topic.slice(0, MAX_TOPIC) }),
    ...(deviceId !== undefined && { deviceId }),
    ...(metric !== undefined && { metric: copyOf(metric) }),
    ...(location !== undefined && { place: { before: copyOf(location.before), from: copyOf(location.from) } }),
    ...(suggestion !== undefined && { suggestion }),
    ...(mqttVersion !== undefined && { mqttVersion }),
    ...(reasonCode !== undefined && { reasonCode }),
    firstAt,
    lastAt,
    count,
  };
}
