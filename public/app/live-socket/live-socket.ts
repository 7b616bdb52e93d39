/** A Socket.IO connection to the hub that serves the page. It connects again by itself, for as long as the page is open. */
import { CONNECT, eventPacket, PONG, parsePacket } from "./packets.ts";
import { type OpenTransport, openPolling, openWebSocket, type Transport } from "./transports.ts";

/** `Receives` and `Asks` name events with their data, `Asks` also what the hub answers. */
export interface LiveSocket<Receives, Asks> {
  on<Name extends keyof Receives & string>(name: Name, listener: Receives[Name]): void;
  /** Undefined: no answer in time, or there is no connection. */
  ask<Name extends keyof Asks & string>(name: Name, data: Asked<Asks[Name]>): Promise<Answered<Asks[Name]> | undefined>;
  isConnected(): boolean;
  /** Now; a connection that there is ends. */
  connect(): void;
  /** The network is gone: a connection that there is ends, and is tried again after a while. */
  lose(): void;
}

type Asked<Ask> = Ask extends (data: infer Data, ...rest: never[]) => void ? Data : never;
type Answered<Ask> = Ask extends (data: never, answer: (answer: infer Answer) => void) => void ? Answer : never;

export interface LiveSocketEvents {
  connected(): void;
  disconnected(): void;
}

/** Until the hub has let the page in. */
const CONNECT_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 5_000;
const FIRST_RETRY_AFTER_MS = 1_000;
const LAST_RETRY_AFTER_MS = 5_000;

const TRANSPORTS = [openWebSocket, openPolling] as const;

export function createLiveSocket<Receives, Asks>(events: LiveSocketEvents): LiveSocket<Receives, Asks> {
  const listeners = new Map<string, (data: never) => void>();
  const answers = new Map<number, (answer: unknown) => void>();
  let transport: Transport | undefined;
  let connected = false;
  let failures = 0;
  let questions = 0;
  /** Packets that came. */
  let received = 0;
  let deadline: ReturnType<typeof setTimeout> | undefined;
  let deadlineAtMs = Number.POSITIVE_INFINITY;
  let whenMissed = (): void => undefined;

  function within(ms: number, then: () => void): void {
    clearTimeout(deadline);
    deadlineAtMs = Date.now() + ms;
    whenMissed = then;
    deadline = setTimeout(then, ms);
  }

  /** Timers stand still while the computer sleeps, and its connections end without a word. */
  function keepDeadline(): void {
    if (Date.now() > deadlineAtMs) whenMissed();
  }

  function open(openTransport: OpenTransport, ...others: OpenTransport[]): void {
    let isOpen = false;
    let silentAfterMs = CONNECT_WITHIN_MS;
    const [next, ...later] = others;
    const ours: Transport = openTransport({ received: take, closed });
    transport = ours;
    within(CONNECT_WITHIN_MS, closed);

    function closed(): void {
      if (transport !== ours) return;
      if (isOpen || next === undefined) return lose();
      ours.close();
      open(next, ...later);
    }
    function take(text: string): void {
      if (transport !== ours) return;
      received++;
      const packet = parsePacket(text);
      switch (packet.kind) {
        case "open":
          isOpen = true;
          silentAfterMs = packet.silentAfterMs;
          return ours.send(CONNECT);
        case "connected":
          connected = true;
          failures = 0;
          within(silentAfterMs, closed);
          return events.connected();
        case "ping":
          within(silentAfterMs, closed);
          return ours.send(PONG);
        case "ended":
          return lose();
        case "event":
          return listeners.get(packet.name)?.(packet.data as never);
        case "answer":
          return answers.get(packet.id)?.(packet.data);
      }
    }
  }

  /** Ends the connection, and connects again after a while: hubs restart, and somebody may sign in. */
  function lose(): void {
    drop();
    const most = Math.min(FIRST_RETRY_AFTER_MS * 2 ** failures++, LAST_RETRY_AFTER_MS);
    within(most * (0.5 + Math.random() / 2), connect); // not all pages at once
  }

  function drop(): void {
    clearTimeout(deadline);
    deadlineAtMs = Number.POSITIVE_INFINITY;
    const former = transport;
    transport = undefined;
    former?.close();
    if (!connected) return;
    connected = false;
    for (const answer of [...answers.values()]) answer(undefined);
    events.disconnected();
  }

  function connect(): void {
    document.addEventListener("visibilitychange", keepDeadline); // the same one again is not added
    drop();
    open(...TRANSPORTS);
  }

  return {
    on: (name, listener) => void listeners.set(name, listener as (data: never) => void),
    ask: (name, data) =>
      new Promise((resolve) => {
        keepDeadline();
        if (!connected) return resolve(undefined);
        const id = questions++;
        const before = received;
        const settle = (answer: unknown): void => {
          answers.delete(id);
          clearTimeout(timer);
          resolve(answer as never);
        };
        const timer = setTimeout(() => {
          if (received === before)
            lose(); // settles this one, too
          else settle(undefined);
        }, ANSWER_WITHIN_MS);
        answers.set(id, settle);
        transport?.send(eventPacket(id, name, data));
      }),
    isConnected: () => connected,
    connect,
    lose: () => transport !== undefined && lose(),
  };
}
