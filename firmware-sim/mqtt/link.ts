/** A board's link to the broker: opens it, and reopens it with back-off, until `leave` or `cut`. */

import type { Clock, Stop } from "../helpers/clock.ts";
import type { Random } from "../helpers/random.ts";
import type { Tally } from "../helpers/tally.ts";
import { backOffMs } from "./back-off.ts";
import type { BrokerAddress } from "./broker-address.ts";
import { openSession, type Session, type SpokenVersion, type Will } from "./mqtt-session.ts";
import { createOutbox, type Outbox } from "./outbox.ts";

export interface LinkOptions {
  address: BrokerAddress;
  mqttVersion: SpokenVersion;
  deviceId: string;
  keepAliveSeconds: number;
  will?: Will;
  subscriptions?: readonly string[];
  onMessage?(topic: string, payload: Buffer): void;
  /** How long a session outlives its connection with version 5, beside the messages that wait here; 0 not at all. */
  sessionExpirySeconds: number;
  clock: Clock;
  random: Random;
  tally: Tally;
  onOpen(): void;
}

export interface Link extends Pick<Outbox, "send" | "redeliver" | "waiting"> {
  isOpen(): boolean;
  /** Connects, and again with back-off until `leave` or `cut`. */
  open(): void;
  /** Clean DISCONNECT; drops what waits, stays disconnected until `open`. */
  leave(): void;
  /** As if the radio went off: no DISCONNECT; stays away until `open`. */
  cut(): void;
}

export function createLink({ clock, random, tally, onOpen, deviceId, ...others }: LinkOptions): Link {
  const options = { subscriptions: [], onMessage: () => {}, ...others };
  const outbox = createOutbox(tally);
  let failedAttempts = 0;
  let session: Session | undefined;
  let isOpen = false;
  /** The broker has a session of ours that belongs to what waits here. */
  let hasSession = false;
  let cancelRetry: Stop | undefined;

  function connect(): void {
    cancelRetry = undefined;
    const mine: Session = openSession({
      ...options,
      clientId: deviceId,
      resumes: hasSession,
      clock,
      onOpen: (receiveMaximum) => session === mine && opened(mine, receiveMaximum),
      onError: tally.error,
      onClose: () => session === mine && lost(),
    });
    session = mine;
  }

  function opened(mine: Session, receiveMaximum: number): void {
    isOpen = true;
    hasSession = options.sessionExpirySeconds > 0;
    failedAttempts = 0;
    tally.linkUp();
    const left = outbox.attach(mine, receiveMaximum);
    onOpen();
    left.repeat();
  }

  function lost(): void {
    abandon();
    cancelRetry = clock.after(backOffMs(failedAttempts, random), connect);
    failedAttempts += 1;
  }

  function abandon(): void {
    if (isOpen) tally.linkDown();
    isOpen = false;
    session = undefined;
    outbox.detach();
    cancelRetry?.();
    cancelRetry = undefined;
  }

  return {
    send: outbox.send,
    redeliver: outbox.redeliver,
    waiting: outbox.waiting,
    isOpen: () => isOpen,
    open() {
      if (session === undefined && cancelRetry === undefined) connect();
    },
    leave() {
      if (isOpen) session?.leave();
      else session?.cut();
      abandon();
      hasSession = false;
      outbox.clear();
    },
    cut() {
      session?.cut();
      abandon();
    },
  };
}
