/** 10,000 devices that send in turn, of which some are in trouble and out of it again all the time. */
import type { Peer } from "../../run/peer-process.ts";
import { openReadingsLink } from "../alerts/readings-link.ts";

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
  let isDamp = false;
  const flapping = setInterval(() => {
    isDamp = !isDamp;
    for (let index = 0; index < FLAPPING; index++)
      void link.send(idOf(index), { ...valuesOf(index), humidity: isDamp && index % 2 === 0 ? 95 : 50 });
  }, FLAP_MS);
  return {
    idOf,
    send: link.send,
    close: () => {
      clearInterval(sending);
      clearInterval(flapping);
      link.close();
    },
  };
}
