/** `GET /api/board-check`: gathers what the hub knows of a board that is being connected. Changes nothing. */
import {
  type BoardCheckAnswer,
  type BoardCheckQuery,
  boardCheckAnswer,
  boardCheckQuery,
} from "../../../contract/answers/board-check.ts";
import type { ListenAddress } from "../../../contract/answers/settings-answer.ts";
import type { UnmappedTopic } from "../../../contract/mappings.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import type { Credentials } from "../../../core/access/credentials.ts";
import { type BoardFacts, boardSteps } from "../../../core/access/joining/board-check.ts";
import { type Described, infoShown } from "../../../core/devices/device-answer.ts";
import { type DeviceRecord, laterOf } from "../../../core/devices/device-record.ts";
import type { Registry } from "../../../core/devices/registry.ts";
import type { HardwareBook } from "../../../core/hardware/hardware-book.ts";
import type { Refusals } from "../../../core/limits/refusals.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import { json, type Route, route } from "../../declaration/route.ts";
import type { ClientsParts } from "./clients-routes.ts";

export interface BoardCheckParts extends Pick<ClientsParts, "connected"> {
  readonly clock: Clock;
  readonly registry: Pick<Registry, "get">;
  readonly hardware: Pick<HardwareBook, "deviceOf" | "hardwareOf">;
  readonly descriptions: Described;
  readonly refusals: Refusals;
  /** Undefined: there are no accounts. */
  readonly credentials: Pick<Credentials, "lastLoginMs"> | undefined;
  readonly accounts: { needsSetup(): boolean } | undefined;
  readonly unmapped: { list(): UnmappedTopic[] };
  readonly addresses: () => ListenAddress[];
}

export const BOARD_CHECK_ROUTES: readonly Route<BoardCheckParts>[] = [
  route({
    method: "get",
    path: "/api/board-check",
    level: "viewer",
    summary: "how far a board has come on its way into the hub since an instant, and what helps where it failed",
    query: boardCheckQuery,
    answer: json(boardCheckAnswer),
    handle: answerOf,
  }),
];

function answerOf(parts: BoardCheckParts, { query }: { query: BoardCheckQuery }): BoardCheckAnswer {
  const { device: asked = "", since } = query;
  // Where its board was replaced, the new one logs in by its own id, and what it sends is the device's.
  const deviceId = parts.hardware.hardwareOf(asked as DeviceId);
  const sinceMs = since === undefined ? parts.clock.nowMs() : Date.parse(since);
  const record = parts.registry.get(parts.hardware.deviceOf(deviceId));
  const addresses = parts.addresses().filter(({ wire }) => wire !== "http");
  return {
    since: new Date(sinceMs).toISOString(),
    addresses,
    steps: [...boardSteps(factsOf(parts, { deviceId, sinceMs, addresses, record }))],
    isKnown: record !== undefined,
    ...valueIn(record, parts.descriptions),
  };
}

interface Asked extends Pick<BoardFacts, "sinceMs" | "addresses"> {
  readonly deviceId: string;
  readonly record: DeviceRecord | undefined;
}

function factsOf(parts: BoardCheckParts, { deviceId, sinceMs, addresses, record }: Asked): BoardFacts {
  return {
    sinceMs,
    deviceId: deviceId === "" ? undefined : deviceId,
    addresses,
    refusals: parts.refusals.list(),
    loggedInMs: laterOf(parts.credentials?.lastLoginMs(deviceId), connectedMs(parts, deviceId)),
    heardMs: record?.lastHeardAtMs,
    readingMs: record?.lastReadingAtMs,
    unread: unreadIn(parts, deviceId, sinceMs),
  };
}

/** Of the client that came last: by its client id, or of the board's credential. */
function connectedMs({ connected }: BoardCheckParts, deviceId: string): number | undefined {
  if (deviceId === "") return undefined;
  return connected
    .ids()
    .filter((id) => id === deviceId || id.startsWith(`${deviceId}/`))
    .map((id) => connected.get(id)?.connectedAtMs)
    .reduce(laterOf, undefined);
}

/** With a credential a board is refused where it may not publish. Without one, its topic is new, or has its name. */
function unreadIn({ accounts, unmapped }: BoardCheckParts, deviceId: string, sinceMs: number): BoardFacts["unread"] {
  if (accounts !== undefined && !accounts.needsSetup()) return undefined;
  const [newest] = unmapped
    .list()
    .filter(({ topic, firstAt }) => Date.parse(firstAt) >= sinceMs || topic.split("/").includes(deviceId))
    .map(({ topic, lastAt }) => ({ topic, atMs: Date.parse(lastAt) }))
    .sort((a, b) => b.atMs - a.atMs);
  return newest;
}

/** Of the newest reading: a number, if it has one. */
function valueIn(record: DeviceRecord | undefined, described: Described): Pick<BoardCheckAnswer, "value"> {
  if (record === undefined) return {};
  const all = [...record.latest];
  const newestMs = Math.max(...all.map(([, { atMs }]) => atMs));
  const newest = all.filter(([, { atMs }]) => atMs === newestMs);
  const found = newest.find(([, { value }]) => typeof value === "number") ?? newest[0];
  if (found === undefined) return {};
  const [metric, { value, atMs }] = found;
  const unit = infoShown(record, metric, described)?.unit ?? "";
  return { value: { metric, value, unit, at: new Date(atMs).toISOString() } };
}
