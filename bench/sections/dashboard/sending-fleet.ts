/** 10,000 devices that send in turn, of which some lose their connection, and are in trouble and out of it again, all the time. */
import type { Peer } from "../../run/peer-process.ts";
import { openReadingsLink, type ReadingsLink } from "../alerts/readings-link.ts";

export interface Fleet {
  idOf(index: number): string;
  /** Settles with the time of its PUBACK (performance.now). */
  send(deviceId: string, metrics: object): Promise<number>;
  close(): void;
}

const DEVICES = 10_000;
const PER_SECOND = 1_000;
const TICK_MS = 10;
const FLAPPING = 20;
const FLAP_MS = 2_000;
/** Sent at once while they become known. */
const AT_ONCE = 500;

/** When it resolves, all are known and sending. */
export async function openFleet(hub: Peer): Promise<Fleet> {
  const link = await openReadingsLink(hub, "fleet");
  const idOf = (index: number): string => `board-${String(index % DEVICES).padStart(5, "0")}`;
  const valuesOf = (index: number) => ({
    temperature: 18 + (index % 60) / 10 + Math.random(),
    humidity: 40 + (index % 30),
    battery: 60 + (index % 40),
  });
  for (let from = 0; from < DEVICES; from += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => link.send(idOf(from + at), valuesOf(from + at))));
  let next = 0;
  const sending = setInterval(() => {
    for (let count = 0; count < (PER_SECOND * TICK_MS) / 1_000; count++, next++) {
      if (next % DEVICES >= FLAPPING) void link.send(idOf(next), valuesOf(next));
    }
  }, TICK_MS);
  const flapping = openFlapping(
    hub,
    Array.from({ length: FLAPPING }, (_, index) => idOf(index)),
  );
  return {
    idOf,
    send: link.send,
    close: () => {
      clearInterval(sending);
      flapping.close();
      link.close();
    },
  };
}

/** Each connects, sends and is cut off, all the time; its humidity is too high every other time. */
function openFlapping(hub: Peer, ids: readonly string[]): { close(): void } {
  const open = new Map<string, ReadingsLink>();
  let turn = 0;
  const flip = async (deviceId: string): Promise<void> => {
    const connected = open.get(deviceId);
    open.delete(deviceId);
    if (connected !== undefined) return connected.close();
    const link = await openReadingsLink(hub, deviceId);
    open.set(deviceId, link);
    await link.send(deviceId, { temperature: 20, humidity: turn % 4 === 1 ? 95 : 50, battery: 80 });
  };
  const flapping = setInterval(() => {
    turn++;
    for (const id of ids) void flip(id);
  }, FLAP_MS);
  return {
    close: () => {
      clearInterval(flapping);
      for (const link of open.values()) link.close();
    },
  };
}
