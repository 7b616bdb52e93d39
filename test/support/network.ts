/** Addresses and ports of this machine, for tests. Opens nothing that it leaves open. */
import { connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";

/** An IPv4 address by which other machines could reach this one; also one that was added to the loopback device. */
export function nonLoopbackAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, address }) => family === "IPv4" && !address.startsWith("127."))?.address;
}

/** A port that nobody listens on now. */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, host, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

export async function isListening(port: number, host = "127.0.0.1"): Promise<boolean> {
  const socket = connect({ host, port });
  const open = await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  });
  socket.destroy();
  return open;
}
