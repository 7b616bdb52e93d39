/** `/api/retained`: the retained MQTT messages, and their removal. */
import {
  type RemovedAnswer,
  type RetainedAnswer,
  type RetainedQuery,
  removedAnswer,
  retainedAnswer,
  retainedQuery,
  retainedRemoval,
} from "../../../contract/answers/retained.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import type { Credentials } from "../../../core/access/credentials.ts";
import type { Registry } from "../../../core/devices/registry.ts";
import type { HardwareBook } from "../../../core/hardware/hardware-book.ts";
import { shownPayload } from "../../../core/messages/shown-payload.ts";
import { isOfHub, isStale, type StaleRules } from "../../../core/messages/stale-retained.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { ConnectedClients } from "../../../core/ports/connected-clients.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { RetainedMessages } from "../../../core/ports/retained-messages.ts";
import { HttpError } from "../../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../../declaration/route.ts";

export interface RetainedParts {
  readonly retained: RetainedMessages;
  readonly registry: Pick<Registry, "knows">;
  readonly hardware: Pick<HardwareBook, "deviceOf">;
  readonly connected: Pick<ConnectedClients, "get">;
  /** Undefined: there are no accounts. */
  readonly credentials: Pick<Credentials, "nameOf"> | undefined;
  readonly clock: Pick<Clock, "nowMs">;
  readonly startedAtMs: number;
  readonly log: Log;
}

const MOST_BYTES = 512;

export const RETAINED_ROUTES: readonly Route<RetainedParts>[] = [
  route({
    method: "get",
    path: "/api/retained",
    level: "operator",
    summary: "retained MQTT messages, by topic, in pages",
    query: retainedQuery,
    answer: json(retainedAnswer),
    handle: (parts: RetainedParts, { query }) => pageOf(parts, query),
  }),
  route({
    method: "post",
    path: "/api/retained/removals",
    level: "operator",
    summary: "removes retained messages, as an empty retained message on their topics does",
    body: retainedRemoval,
    answer: json(removedAnswer),
    handle: (parts: RetainedParts, { body }) => remove(parts, body.topics),
  }),
  route({
    method: "delete",
    path: "/api/retained/:topic",
    level: "operator",
    summary: "removes one retained message",
    answer: EMPTY,
    handle: async (parts: RetainedParts, { params }) => {
      const { removed } = await remove(parts, [params.topic]);
      if (removed === 0) throw new HttpError("RETAINED_UNKNOWN");
    },
  }),
];

function pageOf(parts: RetainedParts, { search = "", limit, cursor }: RetainedQuery): RetainedAnswer {
  const { retained, registry, hardware, connected, credentials, clock, startedAtMs } = parts;
  const words = search.toLowerCase();
  const page = retained.page((topic) => topic.toLowerCase().includes(words), limit, cursor);
  const rules: StaleRules = {
    nowMs: clock.nowMs(),
    startedAtMs,
    // A board that stands for another device has none of its own.
    isDevice: (id) => registry.knows(hardware.deviceOf(id as DeviceId)),
    isConnected: (clientId) => connected.get(clientId) !== undefined,
  };
  return {
    messages: page.messages.map((facts) => {
      const { topic, payload, qos, publisher, setAtMs } = facts;
      const end = publisher?.indexOf("/") ?? -1;
      const via = end < 0 ? undefined : credentials?.nameOf(publisher?.slice(0, end) ?? "");
      return {
        topic,
        ...shownPayload(payload, MOST_BYTES),
        qos,
        ...(setAtMs !== undefined && { setAt: new Date(setAtMs).toISOString() }),
        ...(publisher !== undefined && { clientId: publisher }),
        ...(via !== undefined && { via }),
        ...(isStale(facts, rules) && { isStale: true as const }),
      };
    }),
    total: page.total,
    nextCursor: page.hasMore ? (page.messages.at(-1)?.topic ?? null) : null,
  };
}

async function remove({ retained, log }: RetainedParts, topics: readonly string[]): Promise<RemovedAnswer> {
  const known = [...new Set(topics)].filter((topic) => retained.has(topic) && !isOfHub(topic));
  if (known.length > 0) {
    log.info("retained messages were removed by an operator", { count: known.length, first: known[0] });
    if (!(await retained.remove(known))) throw new HttpError("STORE_UNAVAILABLE");
  }
  return { removed: known.length, unknown: topics.filter((topic) => !known.includes(topic)) };
}
