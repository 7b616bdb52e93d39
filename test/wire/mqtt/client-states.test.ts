/**
 * What becomes of a client in each state (src/broker/client/client-state.ts) at each event that can come in it: what it is told,
 * what is counted as refused, whether its message and its last will are published, and whether its connection stays.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import {
  type Held,
  type HeldClients,
  holdClients,
  KEEP_ALIVE_S,
  STATES,
  type State,
  willTopicOf,
  wordsOf,
} from "../../support/clients/held-clients.ts";
import { connectWire, openWire, type WireClient } from "../../support/clients/wire-client.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type InProcessHub, launchHub, startHub } from "../../support/hub/hub.ts";
import { PINGREQ_PACKET, PUBLISH, SUBACK } from "../../support/packets/packets.ts";
import { connectOf, disconnectOf, property, publishOf, subscribeOf } from "../../support/packets/packets-of-version.ts";
import { until, within } from "../../support/until.ts";

const CONNECT_TIMEOUT_MS = 20_000;

interface Outcome {
  readonly told?: readonly string[];
  /** The code, and the reason code that it was told. */
  readonly refused?: string;
  /** The message of the events `packet` and `half-close` reaches a subscriber. */
  readonly isPublished?: true;
  readonly isWillPublished?: true;
  readonly isOpen?: true;
}

/** A board may publish there, too. */
const saidTopicOf = ({ clientId }: Held): string => `devices/${clientId}/commands/said/reply`;
const said = (held: Held): Buffer => publishOf(5, { topic: saidTopicOf(held), payload: "x" });

/** How long a client may stay as it is. */
const TIMEOUT_MS: Readonly<Record<State, number>> = {
  connecting: CONNECT_TIMEOUT_MS,
  checking: CONNECT_TIMEOUT_MS,
  "waiting for pairing": 121_000,
  admitting: 1_000,
  connected: KEEP_ALIVE_S * 1_500,
  ended: 2_000,
};

/** Answers whether its connection is there. */
function write(wire: WireClient): boolean {
  if (wire.isOpen()) wire.send(PINGREQ_PACKET);
  return wire.isOpen();
}

const EVENTS = {
  packet: (held) => held.wire.send(said(held), PINGREQ_PACKET),
  "packet that is none": ({ wire }) => wire.send(Buffer.of(0, 0)),
  DISCONNECT: ({ wire }) => wire.send(disconnectOf(5)),
  "lost connection": ({ wire }) => wire.destroy(),
  "end of what it sends": (held) => {
    held.wire.send(said(held));
    held.wire.stream.end();
  },
  timeout: async ({ wire }, state, { seen, pass }) => {
    await seen();
    await pass(TIMEOUT_MS[state] + 1_000);
    if (state === "ended") await until("nobody is there any more", () => !write(wire), { everyMs: 5 });
  },
  revocation: async ({ revoke }, _state, { seen }) => {
    await seen();
    await revoke();
  },
  "take-over": async ({ another }, _state, { seen }) => {
    await seen();
    const other = another();
    await within(
      "the other is let in",
      other.first("CONNACK", () => true),
    );
  },
} as const satisfies Record<string, (held: Held, state: State, clients: HeldClients) => void | Promise<void>>;
type Event = keyof typeof EVENTS;
/** They do not come on the client's own connection, behind what it sent. */
const FROM_ELSEWHERE: readonly Event[] = ["timeout", "revocation", "take-over"];

const IN = "connack 0";
const VIOLATION = "PROTOCOL_VIOLATION";
const TOLD_VIOLATION = `${VIOLATION} 129`;

/** An event that is not there cannot come in that state: nobody is known yet whose credential or client id it could be. */
const TABLE: Readonly<Record<State, Partial<Record<Event, Outcome>>>> = {
  connecting: {
    packet: { refused: VIOLATION },
    "packet that is none": { refused: VIOLATION },
    DISCONNECT: { refused: VIOLATION },
    "lost connection": {},
    "end of what it sends": { refused: VIOLATION },
    timeout: { refused: "CONNECT_TIMEOUT" },
  },
  checking: {
    packet: { told: [IN, "pingresp"], isPublished: true, isOpen: true },
    "packet that is none": { told: [IN, "disconnect 129"], refused: TOLD_VIOLATION },
    DISCONNECT: { told: [IN] },
    "lost connection": {},
    "end of what it sends": { isPublished: true },
    timeout: { refused: "CONNECT_TIMEOUT" },
    revocation: { told: ["connack 134"], refused: "CREDENTIAL_WRONG 134" },
    "take-over": { told: [IN, "disconnect 142"] },
  },
  "waiting for pairing": {
    packet: { told: ["pingresp"], isOpen: true },
    "packet that is none": { refused: VIOLATION },
    DISCONNECT: {},
    "lost connection": {},
    "end of what it sends": {},
    timeout: {},
    revocation: {},
    "take-over": { isOpen: true },
  },
  admitting: {
    packet: { told: [IN, "pingresp"], isPublished: true, isOpen: true },
    "packet that is none": { told: [IN, "disconnect 129"], refused: TOLD_VIOLATION, isWillPublished: true },
    DISCONNECT: { told: [IN] },
    "lost connection": { isWillPublished: true },
    "end of what it sends": { isPublished: true, isWillPublished: true },
    timeout: { told: [IN], isOpen: true },
    revocation: { refused: "CREDENTIAL_ENDED" },
    "take-over": { isWillPublished: true },
  },
  connected: {
    packet: { told: ["pingresp"], isPublished: true, isOpen: true },
    "packet that is none": { told: ["disconnect 129"], refused: TOLD_VIOLATION, isWillPublished: true },
    DISCONNECT: {},
    "lost connection": { isWillPublished: true },
    "end of what it sends": { isPublished: true, isWillPublished: true },
    timeout: { told: ["disconnect 141"], refused: "KEEP_ALIVE_EXPIRED 141", isWillPublished: true },
    revocation: { told: ["disconnect 152"], refused: "CREDENTIAL_ENDED 152" },
    "take-over": { told: ["disconnect 142"], isWillPublished: true },
  },
  // What is refused is what it was ended for.
  ended: {
    packet: { refused: TOLD_VIOLATION, isOpen: true },
    "packet that is none": { refused: TOLD_VIOLATION, isOpen: true },
    DISCONNECT: { refused: TOLD_VIOLATION, isOpen: true },
    "lost connection": { refused: TOLD_VIOLATION },
    "end of what it sends": { refused: TOLD_VIOLATION },
    timeout: { refused: TOLD_VIOLATION },
    revocation: { refused: TOLD_VIOLATION, isOpen: true },
    "take-over": { refused: TOLD_VIOLATION, isOpen: true },
  },
};

const STOPPED = "disconnect 139";
/** The check comes last: it is not to end before the hub does. */
const STATES_AT_STOP: readonly State[] = ["connecting", "waiting for pairing", "connected", "ended", "checking"];

let dataDir = "";
let hub: InProcessHub;
let clients: HeldClients;
beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "aerie-states-"));
  const clock = createShiftedClock();
  const settings = { dataDir, auth: "on", connectTimeoutMs: CONNECT_TIMEOUT_MS, maxConnectsPerMinute: 0 } as const;
  hub = await launchHub({ settings, clock, storeLimits: { commitDelayMs: 250 } });
  clients = await holdClients(hub, clock);
});
afterAll(async () => {
  await hub.close();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
});

const CELLS = STATES.flatMap((state) =>
  Object.entries(TABLE[state]).map(([event, outcome]) => ({ state, event: event as Event, outcome })),
);

test.each(CELLS)("a client that is $state: $event", async ({ state, event, outcome }) => {
  const { told = [], refused, isPublished = false, isWillPublished = false, isOpen = false } = outcome;
  const before = state === "connecting" ? await clients.refusals(undefined) : [];
  const held = await clients.hold(state, FROM_ELSEWHERE.includes(event));
  onTestFinished(() => held.release());

  await EVENTS[event](held, state, clients);

  if (isOpen) await until("it is told", () => held.told().length >= told.length, { everyMs: 5 });
  else await within("the connection is closed", held.wire.closed);
  if (state === "checking" && !isOpen) await held.checked();
  await clients.seen();
  await until("what is to be published is published", () => {
    const published = clients.published();
    const has = (topic: string, isExpected: boolean): boolean => !isExpected || published.includes(topic);
    return has(saidTopicOf(held), isPublished) && has(willTopicOf(held), isWillPublished);
  });
  const refusals = await clients.refusals(state === "connecting" ? undefined : held.clientId);
  for (const code of before) refusals.splice(refusals.indexOf(code), 1);
  expect({
    told: held.told(),
    refused: refusals,
    isPublished: clients.published().includes(saidTopicOf(held)),
    isWillPublished: clients.published().includes(willTopicOf(held)),
    isOpen: held.wire.isOpen(),
    hasSession: clients.opened().includes(held.clientId),
    isWaiting: (await clients.waiting()).includes(held.clientId),
  }).toEqual({
    told,
    refused: refused === undefined ? [] : [refused],
    isPublished,
    isWillPublished,
    isOpen,
    hasSession: state === "checking" && (told.includes(IN) || isPublished), // elsewhere its id is another
    isWaiting: state === "waiting for pairing" && isOpen,
  });
});

test("the stop of the hub lets in who waits for the journal, and tells him", async () => {
  const slow = await startHub({ storeLimits: { commitDelayMs: 300 } });
  const watcher = await connectWire(slow, 5, { clientId: "watcher" });
  watcher.send(subscribeOf(5, 1, [["$SYS/+/new/clients", 0]]));
  await watcher.first("the SUBACK", ({ type }) => type === SUBACK);
  const client = openWire(slow);
  client.send(connectOf(5, { clientId: "client", properties: [property.sessionExpiryS(600)] }));
  await watcher.first("that its session is open", ({ type }) => type === PUBLISH);
  expect(client.received).toEqual([]);

  await within("the hub is closed", slow.close());
  await within("the connection is closed", client.closed);

  expect(client.received.map(wordsOf)).toEqual([IN, STOPPED]);
});

test("the stop of the hub ends clients in every other state, and tells those that are connected", async () => {
  const held = new Map<State, Held>();
  for (const state of STATES_AT_STOP) held.set(state, await clients.hold(state));
  onTestFinished(() => {
    for (const { wire } of held.values()) wire.destroy();
  });
  await clients.seen();

  await within("the hub is closed", hub.close());

  for (const [state, { wire, told }] of held) {
    wire.stream.end();
    await within(`${state}: the connection is closed`, wire.closed);
    expect([state, told()]).toEqual([state, state === "connected" ? [STOPPED] : []]);
  }
});
