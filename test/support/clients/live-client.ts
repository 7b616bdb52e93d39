/** A Socket.IO client as a page has one, which remembers what it was sent. */
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { onTestFinished } from "vitest";
import type {
  BrowserToHub,
  HubToBrowser,
  SubscribeAnswer,
  SubscribeOptions,
} from "../../../src/contract/live/events.ts";
import { LONG_MS, until, within } from "../until.ts";

type EventName = keyof HubToBrowser;
type EventOf<Name extends EventName> = Parameters<HubToBrowser[Name]>[0];

export interface LiveClient {
  readonly socket: Socket<HubToBrowser, BrowserToHub>;
  /** What came of that event so far, and when (performance.now()). */
  of<Name extends EventName>(name: Name): { atMs: number; event: EventOf<Name> }[];
  /** The first of that event that fits. */
  next<Name extends EventName>(
    name: Name,
    fits?: (event: EventOf<Name>) => boolean,
    withinMs?: number,
  ): Promise<EventOf<Name>>;
  subscribe(options: SubscribeOptions): Promise<SubscribeAnswer>;
}

/** Settles when it is connected; rejects when the hub does not let it in. */
export async function openLiveClient(
  url: string,
  options: Partial<ManagerOptions & SocketOptions> = {},
): Promise<LiveClient> {
  const socket: LiveClient["socket"] = io(url, {
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    ...options,
  });
  onTestFinished(() => void socket.disconnect());
  const events: { atMs: number; name: string; event: unknown }[] = [];
  socket.onAny((name: string, event: unknown) => void events.push({ atMs: performance.now(), name, event }));
  const connected = new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve).once("connect_error", reject);
  });
  await within("Socket.IO connects", connected);
  const of = <Name extends EventName>(name: Name) =>
    events.filter((each) => each.name === name) as unknown as { atMs: number; event: EventOf<Name> }[];
  return {
    socket,
    of,
    next: async (name, fits = () => true, withinMs = LONG_MS) => {
      const found = await until(`${name} comes`, () => of(name).find(({ event }) => fits(event)), {
        withinMs,
        everyMs: 2,
      });
      return found.event;
    },
    subscribe: (options) => within("subscribe is answered", socket.emitWithAck("subscribe", options)),
  };
}
