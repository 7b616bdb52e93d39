/** One TCP connection of packets that has said CONNECT; each packet that comes is told at once. Answers nothing itself. */
import { connect } from "node:net";
import { onTestFinished } from "vitest";
import type { HubAddress } from "../hub/hub.ts";
import { type ConnectWish, connectPacket, PROPERTY } from "../packets/bytes.ts";
import { type Connack, type Received, receivedReader } from "../packets/received.ts";
import { within } from "../until.ts";

export interface PacketLink {
  readonly connack: Connack;
  send(...bytes: Uint8Array[]): void;
  isOpen(): boolean;
  readonly closed: Promise<void>;
  /** Gone without a word, as when the power fails. */
  vanish(): Promise<void>;
  /** Ends the connection with a RST. */
  reset(): void;
  /** Sends these bytes and ends. */
  end(...bytes: Uint8Array[]): Promise<void>;
}

const KEPT_S = 86_400;

/** What a client of a hub with accounts comes with. */
export interface Login {
  readonly userName: string;
  readonly password: string;
}

/** CONNECT of a session that outlives its connections. */
export const keptSession = (version: 4 | 5, clientId: string): ConnectWish => ({
  version,
  clientId,
  clean: false,
  ...(version === 5 && { properties: [[PROPERTY.sessionExpiry, KEPT_S]] }),
});

/** Rejects where CONNACK says no. `onPacket` is told what comes behind CONNACK. */
export async function openLink(
  hub: HubAddress,
  wish: ConnectWish,
  onPacket: (packet: Received) => void = () => undefined,
): Promise<PacketLink> {
  const stream = connect({ host: hub.mqttHost, port: hub.mqttPort, noDelay: true });
  let isOpen = true;
  const closed = new Promise<void>((resolve) => {
    stream.once("close", () => {
      isOpen = false;
      resolve();
    });
  });
  const answered = new Promise<Connack>((resolve, reject) => {
    const read = receivedReader(wish.version ?? 4, (packet) => {
      if (packet.type === "connack") resolve(packet);
      else onPacket(packet);
    });
    stream.on("data", read);
    void closed.then(() => reject(new Error("the connection was closed before CONNACK")));
  });
  stream.on("error", () => undefined); // its end is what counts
  onTestFinished(() => void stream.destroy());
  stream.write(connectPacket(wish));
  const connack = await within(`CONNACK for ${String(wish.clientId)}`, answered);
  if (connack.code !== 0) throw new Error(`CONNACK said ${connack.code}`);
  return {
    connack,
    send: (...bytes) => void stream.write(Buffer.concat(bytes)),
    isOpen: () => isOpen,
    closed,
    vanish: async () => {
      stream.destroy();
      await within("the connection is closed", closed);
    },
    reset: () => void stream.resetAndDestroy(),
    end: async (...bytes) => {
      stream.end(Buffer.concat(bytes));
      await within("the connection is closed", closed);
    },
  };
}
