/** Connections of those who mean harm before anybody knows them, on HTTP and MQTT. Judges nothing. */
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { HubAddress } from "../hub/hub.ts";

export interface Besieger {
  readonly socket: Socket;
  /** What came, as text. */
  said(): string;
  isOpen(): boolean;
  readonly closed: Promise<void>;
}

/** A connection that sends only what it is told. */
export function besiege({ host }: HubAddress, port: number, first?: string | Uint8Array): Besieger {
  const socket = connect({ host, port, noDelay: true });
  let [said, open] = ["", true];
  socket.setEncoding("latin1").on("data", (text: string) => {
    if (said.length < 100_000) said += text;
  });
  socket.on("error", () => undefined); // "close" follows
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      open = false;
      resolve();
    });
  });
  onTestFinished(() => void socket.destroy());
  if (first !== undefined) socket.write(first);
  return { socket, said: () => said, isOpen: () => open, closed };
}

/** One byte each `everyMs`, over and over, until it is closed. */
export function drip({ socket, closed }: Besieger, bytes: string, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => void socket.write(bytes.charAt(at++ % bytes.length)), everyMs);
  void closed.then(() => clearInterval(timer));
  onTestFinished(() => clearInterval(timer));
}

/** As fast as it is taken, until it is closed or `mostBytes` are gone. Settles with how many were. */
export async function pour(
  { socket, closed, isOpen }: Besieger,
  chunk: Uint8Array,
  mostBytes: number,
): Promise<number> {
  let sent = 0;
  while (isOpen() && sent < mostBytes) {
    sent += chunk.length;
    if (!socket.write(chunk))
      await Promise.race([closed, new Promise((resolve) => void socket.once("drain", resolve))]);
  }
  return sent;
}
