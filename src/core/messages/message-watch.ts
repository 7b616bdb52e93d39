/** Collects MQTT messages and what became of them for those who watch; while nobody does, it does nothing. */

import type { MessagesEvent, RefusedPart, WatchedMessage } from "../../contract/live/watched-messages.ts";
import { REFUSALS } from "../../contract/refusals.ts";
import { filterCovers } from "../access/filter-cover.ts";
import { createPaces, type Pace } from "../limits/pace.ts";
import { setCached } from "../model/bounded-map.ts";
import type { Fault } from "../model/result.ts";
import type { Clock } from "../ports/clock.ts";
import type { Write } from "../ports/writes.ts";
import type { CameMessage, MessageTrace, MessageTraces } from "./message-trace.ts";
import { MOST_TEXT_BYTES, shownPayload } from "./shown-payload.ts";

export interface Watcher {
  /** What came since the last call; undefined: nothing. */
  take(): MessagesEvent | undefined;
  end(): void;
}

export interface MessageWatch extends MessageTraces {
  /** Undefined: so many watch already. The filter is valid. `pace` is the watcher's own, whatever it watched before. */
  watch(filter: string, pace: Pace | undefined): Watcher | undefined;
  /** For somebody who may watch. */
  pace(): Pace | undefined;
}

export interface MessageWatchOptions {
  readonly clock: Pick<Clock, "nowMs" | "monotonicMs">;
  readonly dialectOf: (topic: string) => WatchedMessage["dialect"] | undefined;
  /** The name of the credential that the id of a session begins with. */
  readonly credentialName: (owner: string) => string | undefined;
}

export const MAX_WATCHERS = 10;
/** On average; so many more at once as come in ten seconds. */
export const MESSAGES_A_SECOND = 20;
const BYTES_A_SECOND = 64 * 1024;
/** Until they are taken. */
export const MAX_TOPICS = 500;
const MAX_TOPIC_CHARS = 512;
/** Topics of which it is known whether the filter matches them. */
const MAX_KNOWN_TOPICS = 10_000;
/** Of one message: a backlog may have a thousand. */
const MAX_READINGS = 20;
/** Names and values of these readings. */
const MAX_READINGS_CHARS = MOST_TEXT_BYTES;
const MAX_REFUSED = 10;

interface OpenWatcher {
  readonly filter: string;
  readonly matches: Map<string, boolean>;
  readonly pace: Pace | undefined;
  messages: WatchedMessage[];
  counts: Map<string, number>;
  onOthers: number;
  left: number;
}

export function createMessageWatch({ clock, dialectOf, credentialName }: MessageWatchOptions): MessageWatch {
  const watchers = new Set<OpenWatcher>();

  function begin(message: CameMessage, clientId: string | undefined): MessageTrace | undefined {
    if (watchers.size === 0) return undefined;
    const showTo: OpenWatcher[] = [];
    for (const watcher of watchers)
      if (isFor(watcher, message.topic) && isShown(watcher, message)) showTo.push(watcher);
    return showTo.length === 0 ? undefined : trace(message, clientId, showTo);
  }

  function trace(message: CameMessage, clientId: string | undefined, showTo: readonly OpenWatcher[]): MessageTrace {
    const { topic, qos, retain } = message;
    const at = new Date(clock.nowMs()).toISOString();
    const payload = shownPayload(message.payload);
    const readings: WatchedMessage["readings"] = [];
    const refused: RefusedPart[] = [];
    let readingsChars = 0;
    return {
      stored: (write) => {
        if (write?.kind !== "reading" || readings.length >= MAX_READINGS) return;
        readingsChars += charsOf(write);
        if (readingsChars <= MAX_READINGS_CHARS) readings.push(readingOf(write));
      },
      refused: (deviceId, fault) => {
        if (refused.length < MAX_REFUSED) refused.push(partOf(fault, deviceId));
      },
      ended: (outcome, code) => {
        if (code !== undefined && refused.length === 0) refused.push(partOf({ code }, undefined));
        const shown: WatchedMessage = {
          at,
          topic,
          ...payload,
          qos,
          retain,
          ...(clientId !== undefined && { clientId, ...viaOf(clientId) }),
          ...whenKnown(dialectOf(topic)),
          outcome: OUTCOMES[outcome],
          readings,
          refused,
        };
        for (const watcher of showTo) watcher.messages.push(shown);
      },
    };
  }

  function viaOf(clientId: string): Pick<WatchedMessage, "via"> {
    const end = clientId.indexOf("/");
    const via = end < 0 ? undefined : credentialName(clientId.slice(0, end));
    return via === undefined ? {} : { via };
  }

  const pace = (): Pace | undefined =>
    createPaces({ clock, messagesPerS: MESSAGES_A_SECOND, bytesPerS: BYTES_A_SECOND }).of("");

  function watch(filter: string, ownPace: Pace | undefined): Watcher | undefined {
    if (watchers.size >= MAX_WATCHERS) return undefined;
    const watcher: OpenWatcher = {
      filter,
      matches: new Map(),
      pace: ownPace,
      messages: [],
      counts: new Map(),
      onOthers: 0,
      left: 0,
    };
    watchers.add(watcher);
    return { take: () => takeOf(watcher), end: () => void watchers.delete(watcher) };
  }

  return { begin, watch, pace };
}

const OUTCOMES = { carry: "carried", stored: "stored", refuse: "refused", stalled: "stalled" } as const;

const whenKnown = (dialect: WatchedMessage["dialect"] | undefined): Pick<WatchedMessage, "dialect"> =>
  dialect === undefined ? {} : { dialect };

/** Whether the topic matches; if it does, it is counted. */
function isFor(watcher: OpenWatcher, topic: string): boolean {
  let matches = watcher.matches.get(topic);
  if (matches === undefined) {
    matches = filterCovers(watcher.filter, topic);
    setCached(watcher.matches, topic, matches, MAX_KNOWN_TOPICS);
  }
  if (!matches) return false;
  const count = watcher.counts.get(topic);
  if (count !== undefined) watcher.counts.set(topic, count + 1);
  else if (watcher.counts.size < MAX_TOPICS && topic.length <= MAX_TOPIC_CHARS) watcher.counts.set(topic, 1);
  else watcher.onOthers++;
  return true;
}

/** Whether it is within the pace; if not, it is counted. */
function isShown(watcher: OpenWatcher, { topic, payload }: CameMessage): boolean {
  if (watcher.pace === undefined || watcher.pace.waitMs() > 0) {
    watcher.left++;
    return false;
  }
  // Its readings say once more what is in its payload.
  watcher.pace.spend(topic.length + 2 * Math.min(payload.length, MOST_TEXT_BYTES));
  return true;
}

function takeOf(watcher: OpenWatcher): MessagesEvent | undefined {
  const { messages, counts, onOthers, left } = watcher;
  if (messages.length === 0 && counts.size === 0 && onOthers === 0) return undefined;
  watcher.messages = [];
  watcher.counts = new Map();
  watcher.onOthers = 0;
  watcher.left = 0;
  return { messages, topics: [...counts], onOthers, left };
}

function charsOf({ metrics }: Extract<Write, { kind: "reading" }>): number {
  let chars = 0;
  for (const [name, value] of metrics) chars += name.length + (typeof value === "string" ? value.length : 8);
  return chars;
}

function readingOf({ deviceId, metrics }: Extract<Write, { kind: "reading" }>): WatchedMessage["readings"][number] {
  return { deviceId, metrics: Object.fromEntries(metrics) };
}

function partOf({ code, detail, metric }: Fault, deviceId: string | undefined): RefusedPart {
  return {
    code,
    reason: detail === undefined ? REFUSALS[code] : `${REFUSALS[code]}: ${detail}`,
    ...(deviceId !== undefined && { deviceId }),
    ...(metric !== undefined && { metric }),
  };
}
