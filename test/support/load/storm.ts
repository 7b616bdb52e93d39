/** Clients that are a nuisance: silent ones, dripping ones, and those that come and go. Judges nothing. */
import { onTestFinished } from "vitest";
import { connectWire, openWire, type WireClient } from "../clients/wire-client.ts";
import type { HubAddress } from "../hub/hub.ts";
import { CONNACK, SUBACK } from "../packets/packets.ts";
import {
  connectOf,
  DISCONNECT,
  disconnectOf,
  publishOf,
  readConnack,
  reasonOf,
  subscribeOf,
  VERSIONS,
  type Version,
} from "../packets/packets-of-version.ts";
import { within } from "../until.ts";

/** 127.0.0.0/8 is all this machine on Linux: many addresses, each with ports of its own. Elsewhere there is one. */
const addressOf = (index: number): { localAddress?: string } =>
  process.platform === "linux" ? { localAddress: `127.0.1.${1 + (index % 200)}` } : {};

const versionOf = (index: number): Version => VERSIONS[index % VERSIONS.length] ?? 4;

const forget = (clients: readonly WireClient[]): void =>
  onTestFinished(() => {
    for (const client of clients) client.destroy();
  });

/** They connect, and say nothing. */
export function openSilent(hub: HubAddress, count: number): WireClient[] {
  const clients = Array.from({ length: count }, (_, index) => openWire(hub, addressOf(index)));
  forget(clients);
  return clients;
}

const DRIP_MS = 1_000;

/** Each sends a byte a second of a CONNECT that would take five minutes. */
export function openDrippingConnects(hub: HubAddress, count: number): WireClient[] {
  return Array.from({ length: count }, (_, index) => {
    const client = openWire(hub, addressOf(index));
    drip(client, connectOf(versionOf(index), { clientId: `drip-${index}`.padEnd(300, "x") }));
    return client;
  });
}

/** Each is connected, with a keep-alive of two seconds, and sends a byte a second of a large PUBLISH. */
export function openDrippingPublishes(hub: HubAddress, count: number): Promise<WireClient[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const version = versionOf(index);
      const client = await connectWire(hub, version, { clientId: `slow-${index}`, keepAliveS: 2, ...addressOf(index) });
      drip(client, publishOf(version, { topic: "drip", payload: Buffer.alloc(100_000) }));
      return client;
    }),
  );
}

function drip(client: WireClient, bytes: Buffer): void {
  let at = 0;
  const timer = setInterval(() => {
    if (client.isOpen() && at < bytes.length) client.send(bytes.subarray(at, ++at));
  }, DRIP_MS);
  void client.closed.then(() => clearInterval(timer));
  onTestFinished(() => {
    clearInterval(timer);
    client.destroy();
  });
}

export interface Rush {
  /** Connections begun, and those that were let in and left in order. */
  begun: number;
  served: number;
}

/** So many connects a second: CONNECT, SUBSCRIBE, DISCONNECT. Settles when the last has ended. */
export async function rush(hub: HubAddress, perSecond: number, durationMs: number): Promise<Rush> {
  const outcome: Rush = { begun: 0, served: 0 };
  const under: Promise<void>[] = [];
  const fromMs = performance.now();
  const one = async (index: number): Promise<void> => {
    const version = versionOf(index);
    const client = openWire(hub, addressOf(index));
    client.send(connectOf(version, { clientId: `rush-${index}` }), subscribeOf(version, 1, [["rush/#", 1]]));
    await client.first("the SUBACK", ({ type }) => type === SUBACK, 30_000);
    client.send(disconnectOf(version));
    client.stream.end();
    await client.closed;
    outcome.served += 1;
  };
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = Math.min(performance.now() - fromMs, durationMs);
      const due = Math.floor((elapsedMs / 1_000) * perSecond);
      while (outcome.begun < due) under.push(one(outcome.begun++).catch(() => undefined));
      if (elapsedMs < durationMs) return;
      clearInterval(timer);
      resolve();
    }, 10);
  });
  await Promise.all(under);
  return outcome;
}

/** What was wrong with a round of take-overs, in words; nothing where exactly one is left and the others know why. */
export async function takeOver(hub: HubAddress, clientId: string, count: number): Promise<string[]> {
  const clients = Array.from({ length: count }, (_, index) => ({ version: versionOf(index), wire: openWire(hub) }));
  for (const { version, wire } of clients) wire.send(connectOf(version, { clientId }));
  let gone = 0;
  const oneIsLeft = new Promise<void>((resolve) => {
    for (const { wire } of clients) void wire.closed.then(() => ++gone === count - 1 && resolve());
  });
  await within("all but one are gone", oneIsLeft).catch(() => undefined); // how many are left is told below
  const left = clients.filter(({ wire }) => wire.isOpen());
  const faults = left.length === 1 ? [] : [`${left.length} of ${count} are left`];
  for (const { version, wire } of left) {
    try {
      const connack = await wire.first("its CONNACK", ({ type }) => type === CONNACK);
      if (readConnack(version, connack).code !== 0) faults.push("who is left was not let in");
      await wire.ping();
    } catch (error) {
      faults.push(`who is left is not served: ${String(error)}`);
    }
  }
  for (const { version, wire } of clients) {
    const [connack, ...later] = wire.received;
    if (wire.isOpen() || version !== 5 || connack?.type !== CONNACK) continue;
    const last = later.at(-1);
    if (last?.type !== DISCONNECT || reasonOf(last) !== 0x8e) faults.push("a taken-over client of MQTT 5 was not told");
  }
  for (const { wire } of clients) wire.destroy();
  return faults;
}
