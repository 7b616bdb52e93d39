/** Connections that end, or do not end, as no good client's do: over plain TCP or TLS, or a socket in the file system. */
import { readdirSync, readlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { onTestFinished } from "vitest";

/** Where to connect to. */
export type Target = { readonly port: number; readonly secure: boolean } | { readonly path: string };

/** What is done once the request is sent. */
export const ENDINGS = {
  "FIN at once": async ({ stream }) => void stream.end(),
  "FIN after the answer": async ({ stream, answered }) => {
    await answered;
    stream.end();
  },
  "RST at once": async ({ raw, sent }) => {
    await sent;
    reset(raw);
  },
  "RST after the answer": async ({ raw, answered }) => {
    await answered;
    reset(raw);
  },
  /** It reads the answer and its end, and never ends itself. */
  "half-open": async ({ answered }) => answered,
  "not reading": async ({ stream, sent }) => {
    stream.pause();
    await sent;
  },
} as const satisfies Record<string, (client: Rude) => Promise<unknown>>;

/** A socket in the file system knows no RST; closed with an answer unread, it says the same. */
function reset(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

export type Ending = keyof typeof ENDINGS;

interface Rude {
  /** Below TLS, where there is any. */
  readonly raw: Socket;
  readonly stream: Duplex;
  readonly sent: Promise<void>;
  /** Or closed. */
  readonly answered: Promise<void>;
}

/** Settles when the ending has begun; the connection stays as it is until the test ends. */
export async function sendRudely(target: Target, bytes: string, ending: Ending): Promise<{ isClosed(): boolean }> {
  const raw = connect("path" in target ? target : { host: "127.0.0.1", port: target.port, allowHalfOpen: true });
  raw.setNoDelay(true);
  const stream: Duplex =
    "secure" in target && target.secure
      ? connectTls({ socket: raw, rejectUnauthorized: false, ...({ allowHalfOpen: true } as object) })
      : raw;
  let closed = false;
  for (const each of [raw, stream]) each.on("error", () => undefined);
  const gone = new Promise<void>((resolve) => {
    raw.once("close", () => {
      closed = true;
      resolve();
    });
  });
  onTestFinished(() => void raw.destroy());
  const sent = Promise.race([
    new Promise<void>((resolve) => void stream.write(bytes, "latin1", () => resolve())),
    gone,
  ]);
  const answered = Promise.race([
    gone,
    new Promise<void>((resolve) => {
      if (ending !== "not reading") stream.on("data", () => resolve()).once("end", resolve);
    }),
  ]);
  await ENDINGS[ending]({ raw, stream, sent, answered });
  return { isClosed: () => closed };
}

/** Sockets that a process of this machine holds open, those that listen included. Linux tells. */
export const openSockets = (pid: number): number =>
  readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith("socket:");
    } catch {
      return false; // closed meanwhile
    }
  }).length;
