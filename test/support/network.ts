/** Addresses and ports of this machine, for tests. Opens nothing that it leaves open. */
import { connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";

/** An IPv4 address by which other machines could reach this one; also one that was added to the loopback device. */
export function nonLoopbackAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, address }) => family === "IPv4" && !address.startsWith("127."))?.address;
}

/** Below the ports that Linux gives to outgoing connections: those of other tests would take one before a hub has it. */
const FREE_FROM = 20_000;
const FREE_TO = 32_000;
const TRIES = 50;

/** A port that nobody listens on now. */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = FREE_FROM + Math.floor(Math.random() * (FREE_TO - FREE_FROM));
    if (await canListen(port, host)) return port;
  }
  throw new Error(`none of ${TRIES} ports from ${FREE_FROM} to ${FREE_TO} is free`);
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false)).listen(port, host, () => resolve(true));
  });
  if (isFree) await new Promise((resolve) => server.close(resolve));
  return isFree;
}

export async function isListening(port: number, host = "127.0.0.1"): Promise<boolean> {
  const socket = connect({ host, port });
  const open = await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  });
  socket.destroy();
  return open;
}
