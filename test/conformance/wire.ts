/**
 * An MQTT client of packets for tests, over TCP or WebSocket, in every version: sends exactly the bytes that it is told,
 * and answers nothing by itself. What came waits in an inbox until the test takes it; no wait is a sleep.
 */
import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { onTestFinished } from "vitest";
import { createWebSocketStream, WebSocket } from "ws";
import {
  type ConnectWish,
  connectPacket,
  disconnectPacket,
  type Properties,
  type PublishWish,
  pingreqPacket,
  pubackPacket,
  pubcompPacket,
  publishPacket,
  pubrecPacket,
  pubrelPacket,
  subscribePacket,
  unsubscribePacket,
  type Version,
} from "../support/packets/bytes.ts";
import {
  type Connack,
  type Packets,
  type PacketType,
  type Publish,
  type Received,
  receivedReader,
} from "../support/packets/received.ts";
import { within } from "../support/until.ts";

export type Transport = "tcp" | "websocket";

/** Where a broker is reached; a HubAddress is one. */
export interface BrokerAddress {
  readonly mqttHost: string;
  readonly mqttPort: number;
  readonly wsUrl: string;
}

export interface OpenOptions {
  transport?: Transport;
  /** How what comes is read; 4 where none is given. */
  version?: Version;
}

/** Longer than any honest answer takes on a busy machine. */
const PATIENCE_MS = 15_000;

export interface WireClient {
  readonly stream: Duplex;
  readonly version: Version;
  /** Everything that ever came, in order. */
  readonly received: readonly Received[];
  /** What came and was not taken yet, in order; messages of a fence are not in it. */
  readonly inbox: readonly Received[];
  isOpen(): boolean;
  send(...bytes: Uint8Array[]): void;
  /** The next packet, whatever it is. */
  next(): Promise<Received>;
  /** The first of that type in the inbox, or the next that comes; what stands before it stays in the inbox. */
  expectPacket<Type extends PacketType>(type: Type, fits?: (packet: Packets[Type]) => boolean): Promise<Packets[Type]>;
  /** The server closes the connection; gives what is left in the inbox, such as a DISCONNECT of MQTT 5. */
  expectClosed(withinMs?: number): Promise<readonly Received[]>;
  /**
   * PINGREQ is answered, and nothing stands in the inbox then. Proves it for what the broker would have sent at once for
   * earlier packets of this client; for messages of another client use `fence` first.
   */
  expectNothing(): Promise<void>;
  /** PINGREQ is answered: the connection lives, and what was sent before has been read. */
  ping(): Promise<void>;
  /** Gone without a word, as when the power fails. */
  vanish(): Promise<void>;
  /** DISCONNECT, and the connection is closed by either side. */
  disconnect(wish?: Parameters<typeof disconnectPacket>[0]): Promise<void>;
  /** A packet id that this client has not used yet. */
  freshId(): number;
  /** SUBSCRIBE, and its SUBACK. */
  subscribe(filters: readonly (readonly [string, number])[], properties?: Properties): Promise<Packets["suback"]>;
  unsubscribe(filters: readonly string[], properties?: Properties): Promise<Packets["unsuback"]>;
  /** PUBLISH, and all of its handshake; gives the last packet of it that came: PUBACK, PUBCOMP, or a PUBREC that says no. */
  publish(wish: PublishWish): Promise<Packets["puback" | "pubrec" | "pubcomp"] | undefined>;
  /** The next PUBLISH, acknowledged as its QoS demands, all of the handshake. */
  expectMessage(fits?: (packet: Publish) => boolean): Promise<Publish>;
}

/** A connection that has said nothing yet. */
export function open(broker: BrokerAddress, { transport = "tcp", version = 4 }: OpenOptions = {}): WireClient {
  const stream = streamTo(broker, transport);
  const { received, inbox, arrive, fail, take } = createInbox();
  let isOpen = true;
  const closed = new Promise<void>((resolve) => {
    stream.once("close", () => {
      isOpen = false;
      fail(new Error("the connection was closed"));
      resolve();
    });
  });
  const read = receivedReader(version, arrive);
  let unreadable: unknown;
  stream.on("error", () => undefined); // its end is what counts
  stream.on("end", () => stream.end());
  stream.on("data", (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      unreadable = error;
      fail(error); // the test that waits is told what was wrong
      stream.destroy();
    }
  });
  onTestFinished(() => void stream.destroy());
  const send = (...bytes: Uint8Array[]): void => void stream.write(Buffer.concat(bytes));
  const expectPacket: WireClient["expectPacket"] = (type, fits = () => true) =>
    take(
      type,
      (packet): packet is Packets[typeof type] => packet.type === type && fits(packet as Packets[typeof type]),
    );
  const ping = async (): Promise<void> => {
    send(pingreqPacket());
    await expectPacket("pingresp");
  };
  return {
    stream,
    version,
    received,
    inbox,
    isOpen: () => isOpen,
    send,
    next: () => take("any packet", (packet): packet is Received => packet.type !== undefined),
    expectPacket,
    expectClosed: async (withinMs = PATIENCE_MS) => {
      await within("the server closes the connection", closed, withinMs).catch((cause: unknown) => {
        throw new Error(`${String(cause)}; in the inbox: ${namesOf(inbox)}`, { cause });
      });
      if (unreadable !== undefined) throw unreadable;
      return inbox;
    },
    expectNothing: async () => {
      await ping();
      if (inbox.length > 0) throw new Error(`nothing was to come, and there came ${namesOf(inbox)}`);
    },
    ping,
    vanish: async () => {
      stream.destroy();
      await within("the connection is closed", closed);
    },
    disconnect: async (wish) => {
      send(disconnectPacket(wish));
      stream.end();
      await within("the connection is closed", closed);
    },
    ...exchanges(version, send, expectPacket),
  };
}

const namesOf = (packets: readonly Received[]): string =>
  packets.map((each) => `${each.type} ${each.bytes.toString("hex").slice(0, 80)}`).join(", ") || "nothing";

function streamTo(broker: BrokerAddress, transport: Transport): Duplex {
  return transport === "tcp"
    ? connectTcp({ host: broker.mqttHost, port: broker.mqttPort, noDelay: true })
    : createWebSocketStream(new WebSocket(broker.wsUrl, "mqtt"));
}

/** What came and was not taken; who waits for a packet is told when it comes. */
function createInbox() {
  const received: Received[] = [];
  const inbox: Received[] = [];
  let fault: unknown;
  let wake: () => void = () => undefined;
  let woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const tell = (): void => {
    wake();
    woken = new Promise((resolve) => {
      wake = resolve;
    });
  };
  const find = async <Found extends Received>(fits: (packet: Received) => packet is Found): Promise<Found> => {
    for (;;) {
      const found = inbox.find(fits);
      if (found !== undefined) {
        inbox.splice(inbox.indexOf(found), 1);
        return found;
      }
      if (fault !== undefined) throw fault;
      await woken;
    }
  };
  return {
    received,
    inbox,
    arrive: (packet: Received): void => {
      received.push(packet);
      if (!isOfFence(packet)) inbox.push(packet);
      tell();
    },
    fail: (cause: unknown): void => {
      fault ??= cause;
      tell();
    },
    take: async <Found extends Received>(what: string, fits: (packet: Received) => packet is Found): Promise<Found> => {
      try {
        return await within(what, find(fits), PATIENCE_MS);
      } catch (cause) {
        throw new Error(`${what} did not come: ${String(cause)}; in the inbox: ${namesOf(inbox)}`, { cause });
      }
    },
  };
}

/** Packets and the answers that they have. */
function exchanges(version: Version, send: WireClient["send"], expectPacket: WireClient["expectPacket"]) {
  let lastId = 0;
  const freshId = (): number => {
    lastId += 1;
    return lastId;
  };
  const subscribe: WireClient["subscribe"] = async (filters, properties = []) => {
    const packetId = freshId();
    send(subscribePacket({ packetId, filters, properties }, version));
    return expectPacket("suback", (packet) => packet.packetId === packetId);
  };
  const unsubscribe: WireClient["unsubscribe"] = async (filters, properties = []) => {
    const packetId = freshId();
    send(unsubscribePacket({ packetId, filters, properties }, version));
    return expectPacket("unsuback", (packet) => packet.packetId === packetId);
  };
  const publish: WireClient["publish"] = async (wish) => {
    const packetId = wish.packetId ?? freshId();
    const isThis = (packet: { packetId: number }): boolean => packet.packetId === packetId;
    send(publishPacket({ ...wish, packetId }, version));
    if (wish.qos === 1) return expectPacket("puback", isThis);
    if (wish.qos !== 2) return undefined;
    const pubrec = await expectPacket("pubrec", isThis);
    if (pubrec.code >= 0x80) return pubrec;
    send(pubrelPacket(packetId));
    return expectPacket("pubcomp", isThis);
  };
  const expectMessage: WireClient["expectMessage"] = async (fits) => {
    const message = await expectPacket("publish", fits);
    if (message.qos === 1) send(pubackPacket(message.packetId));
    if (message.qos !== 2) return message;
    send(pubrecPacket(message.packetId));
    await expectPacket("pubrel", ({ packetId }) => packetId === message.packetId);
    send(pubcompPacket(message.packetId));
    return message;
  };
  return { freshId, subscribe, unsubscribe, publish, expectMessage };
}

export interface ConnectedClient extends WireClient {
  readonly connack: Connack;
}

/** Connected: CONNACK came and said yes. */
export async function connect(
  broker: BrokerAddress,
  { transport, ...wish }: ConnectWish & { transport?: Transport } = {},
): Promise<ConnectedClient> {
  const client = open(broker, { version: wish.version ?? 4, ...(transport !== undefined && { transport }) });
  client.send(connectPacket(wish));
  const connack = await client.expectPacket("connack");
  if (connack.code !== 0) throw new Error(`CONNACK said 0x${connack.code.toString(16)}`);
  return { ...client, connack };
}

const FENCE = "fence/";
let fences = 0;

const isOfFence = (packet: Received): boolean => packet.type === "publish" && packet.topic.startsWith(FENCE);

/**
 * Everything that `from` published before has been routed, and what of it goes to `to` at once stands in its inbox. By a
 * message of QoS 1 to a topic of its own, subscribed to with QoS 0: order is kept, and it takes no place in the window of
 * `to`. Where that window is full, a server may hold back QoS 0 too [MQTT5, 4.9]: use `ping` there.
 */
export async function fence(from: WireClient, to: WireClient): Promise<void> {
  fences += 1;
  const topic = `${FENCE}${fences}`;
  await to.subscribe([[topic, 0]]);
  const isIt = (packet: Received): boolean => packet.type === "publish" && packet.topic === topic;
  let look = (): void => undefined;
  const came = new Promise<void>((resolve) => {
    look = () => {
      if (to.received.some(isIt)) resolve();
    };
  });
  to.stream.on("data", look); // after the reader's own listener
  try {
    await from.publish({ topic, qos: 1 });
    await within("the message of a fence", came, PATIENCE_MS);
  } finally {
    to.stream.off("data", look);
  }
}
