/** A hub with accounts, and clients that stand in each state of src/broker/client/client-state.ts. */
import { once } from "node:events";
import type { PairingAnswer } from "../../../src/contract/access.ts";
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";
import type { ShiftedClock } from "../clock/shifted-clock.ts";
import { type Asker, setUp } from "../hub/access-world.ts";
import type { InProcessHub } from "../hub/hub.ts";
import { CONNACK, type Packet, PINGRESP, PUBLISH, SUBACK } from "../packets/packets.ts";
import {
  type ConnectOptions,
  connectOf,
  DISCONNECT,
  property,
  readConnack,
  readPublish,
  reasonOf,
  subscribeOf,
} from "../packets/packets-of-version.ts";
import { connectWire, openWire, type WireClient } from "./wire-client.ts";

export const STATES = ["connecting", "checking", "waiting for pairing", "admitting", "connected", "ended"] as const;
export type State = (typeof STATES)[number];

/** Of every client that gets as far as being connected. */
export const KEEP_ALIVE_S = 10;

export interface Held {
  readonly clientId: string;
  readonly wire: WireClient;
  /** What came since it is in its state: "connack 0", "disconnect 142", "pingresp". */
  told(): string[];
  /** Sends the CONNECT of another client with the same credential and client id. */
  another(): WireClient;
  /** Takes its credential away, or shuts the window. Settles when the hub has answered. */
  revoke(): Promise<void>;
  /** Settles when its credential is not in its check any more. */
  checked(): Promise<void>;
  /** Leaves nothing of it. */
  release(): Promise<void>;
}

export interface HeldClients {
  /** `isLong`: its credential stays in its check for as long as it takes the hub to do what is asked next. */
  hold(state: State, isLong?: boolean): Promise<Held>;
  /** Settles when the hub has read what was sent before. */
  seen(): Promise<void>;
  pass(ms: number): Promise<void>;
  /** Topics of what was published so far, last wills too. */
  published(): string[];
  /** All refusals of this client id; where it is undefined, of clients that had none. With the reason that each was told: "CODE 129". */
  refusals(clientId: string | undefined): Promise<string[]>;
  /** Ids of the sessions that were opened so far, of whoever wanted one. */
  opened(): string[];
  /** Client ids of the boards that wait for pairing. */
  waiting(): Promise<string[]>;
}

const SECRET = "chosen by the board's maker";
/** Verified before the one that is to stay in its check: the hub verifies two passwords at a time. */
const BEFORE = 5;

export const willTopicOf = ({ clientId }: Held): string => `gone/${clientId}`;

/** "connack 0", "disconnect 142", "pingresp". */
export const wordsOf = (packet: Packet): string => {
  switch (packet.type) {
    case CONNACK:
      return `connack ${readConnack(5, packet).code}`;
    case DISCONNECT:
      return `disconnect ${reasonOf(packet)}`;
    case PINGRESP:
      return "pingresp";
    default:
      return `type ${packet.type}`;
  }
};

export async function holdClients(hub: InProcessHub, clock: ShiftedClock): Promise<HeldClients> {
  const owner: Asker = await setUp(hub, hub.setupCode);
  const ask = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
    const answer = await owner.ask<Body>(path, { method, ...(body !== undefined && { body }) });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const application = (name: string) => {
    const rights = { publish: ["#"], subscribe: ["#", "$SYS/#"] };
    return ask<{ id: string; secret: string }>("POST", "/api/applications", { name, ...rights });
  };
  const openWindow = () => ask("POST", "/api/pairing", { minutes: 10 });
  const shutWindow = () => ask<void>("DELETE", "/api/pairing");
  const boardsThatWait = async () => (await ask<PairingAnswer>("GET", "/api/pairing")).waiting;

  const { secret } = await application("watcher");
  const watcher = await connectWire(hub, 5, { clientId: "watcher", userName: "watcher", password: secret });
  watcher.send(
    subscribeOf(5, 1, [
      ["#", 0],
      ["$SYS/+/new/clients", 0],
    ]),
  );
  await watcher.first("the SUBACK", ({ type }) => type === SUBACK);
  const deliveries = () =>
    watcher.received.filter(({ type }) => type === PUBLISH).map((packet) => readPublish(5, packet));
  let serial = 0;

  /** Behind what was sent before, by other clients too: it connects after them. */
  async function seen(): Promise<void> {
    const witness = await connectWire(hub, 5, { clientId: `witness-${++serial}`, userName: "w", password: secret });
    await witness.ping();
    witness.destroy();
    await watcher.ping();
  }

  async function openedWire(options: ConnectOptions | undefined, allowHalfOpen = false): Promise<WireClient> {
    const wire = openWire(hub, { allowHalfOpen });
    await once(wire.stream, "connect");
    if (options !== undefined) wire.send(connectOf(5, options));
    return wire;
  }

  function held(wire: WireClient, options: ConnectOptions, end: () => Promise<void>, isVerified = false): Held {
    const from = wire.received.length;
    const others: WireClient[] = [];
    let isOver = false;
    const revoke = async (): Promise<void> => {
      if (!isOver) await end();
      isOver = true;
    };
    /** As many clients with its credential as are verified at a time: who comes behind them is verified after it. */
    function logInBehind(): WireClient[] {
      if (!isVerified) return [];
      const behind = ["x", "y"].map((suffix) => {
        const other = openWire(hub);
        other.send(connectOf(5, { ...options, clientId: `${options.clientId}-${suffix}` }));
        return other;
      });
      others.push(...behind);
      return behind;
    }
    return {
      clientId: options.clientId,
      wire,
      told: () => wire.received.slice(from).map(wordsOf),
      another: () => {
        logInBehind();
        const other = openWire(hub);
        other.send(connectOf(5, options));
        others.push(other);
        return other;
      },
      revoke,
      checked: async () => {
        await Promise.all(logInBehind().map((each) => each.first("CONNACK", ({ type }) => type === CONNACK)));
      },
      release: async () => {
        for (const each of [wire, ...others]) each.destroy();
        await seen();
        await revoke();
      },
    };
  }

  /** The device has `SECRET` from now on, and the hub has not verified it yet. */
  async function adopt(deviceId: string): Promise<void> {
    await openWindow();
    const board = await connectWire(hub, 5, { clientId: deviceId, userName: deviceId, password: SECRET });
    const found = (await boardsThatWait()).find(({ clientId }) => clientId === deviceId);
    await ask("POST", `/api/pairing/${found?.id}`, { deviceId, adopt: true });
    await board.closed;
  }

  async function holdChecked(clientId: string, isLong: boolean): Promise<Held> {
    await adopt(clientId);
    const login = { userName: clientId, password: SECRET };
    const before = await Promise.all(
      Array.from({ length: isLong ? BEFORE : 0 }, (_, at) => openedWire({ ...login, clientId: `${clientId}-${at}` })),
    );
    const options = { ...login, clientId };
    const wire = await openedWire(options);
    const end = async (): Promise<void> => {
      await ask("DELETE", `/api/boards/${clientId}`);
      for (const each of before) each.destroy();
    };
    return held(wire, options, end, true);
  }

  async function holdAccepted(clientId: string, state: "admitting" | "connected" | "ended"): Promise<Held> {
    const { id, secret: password } = await application(clientId);
    const will = state === "ended" ? undefined : { topic: `gone/${clientId}`, payload: "gone" };
    const options = { clientId, userName: clientId, password, keepAliveS: KEEP_ALIVE_S, will };
    const properties = state === "admitting" ? [property.sessionExpiryS(600)] : [];
    const wire = await openedWire({ ...options, properties }, state === "ended");
    if (state === "admitting") await admitted(`@${id}/${clientId}`);
    else await wire.first("CONNACK", ({ type }) => type === CONNACK);
    if (state === "ended") {
      wire.send(Buffer.of(0, 0));
      await once(wire.stream, "end");
    }
    return held(wire, options, () => ask("DELETE", `/api/applications/${id}`));
  }

  /** Its session is open, as Aedes tells; CONNACK comes after the commit. */
  const admitted = (sessionId: string) =>
    watcher.first(
      `that ${sessionId} is there`,
      (packet) => packet.type === PUBLISH && String(readPublish(5, packet).payload) === sessionId,
    );

  async function hold(state: State, isLong = true): Promise<Held> {
    const clientId = `client-${++serial}`;
    switch (state) {
      case "connecting": {
        const client = held(await openedWire(undefined), { clientId }, async () => undefined);
        await seen();
        return client;
      }
      case "checking":
        return holdChecked(clientId, isLong);
      case "waiting for pairing": {
        await openWindow();
        const wire = await openedWire({ clientId });
        await wire.first("CONNACK", ({ type }) => type === CONNACK);
        return held(wire, { clientId }, shutWindow);
      }
      default:
        return holdAccepted(clientId, state);
    }
  }

  return {
    hold,
    seen,
    pass: async (ms) => {
      for (let left = ms; left > 0; left -= 30_000) {
        await watcher.ping(); // its own silence is not what is tested
        clock.pass(Math.min(left, 30_000));
      }
    },
    published: () => deliveries().map(({ topic }) => topic),
    opened: () =>
      deliveries()
        .filter(({ topic }) => topic.startsWith("$SYS/"))
        .map(({ payload }) => String(payload)),
    refusals: async (clientId) => {
      const { rejections } = await ask<RefusalsAnswer>("GET", "/api/refusals");
      const mine = rejections.filter((each) => each.clientId === clientId);
      return mine.flatMap(({ code, reasonCode, count }) => {
        const words = reasonCode === undefined ? code : `${code} ${reasonCode}`;
        return Array.from({ length: count }, () => words);
      });
    },
    waiting: async () => (await boardsThatWait()).map(({ clientId }) => clientId),
  };
}
