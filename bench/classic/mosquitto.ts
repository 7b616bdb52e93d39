/** Starts mosquitto, where there is one, as a broker that keeps up with whatever a subscriber does. */
import { accessSync, constants, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import path from "node:path";
import type { Owned } from "../helpers/owned.ts";

export const NO_MOSQUITTO = "mosquitto is not there (apt install mosquitto): the classic stack is not measured";

/** Undefined: it is not installed. */
export function findMosquitto(): string | undefined {
  const folders = [
    ...(process.env["PATH"] ?? "").split(path.delimiter),
    "/usr/sbin",
    "/usr/local/sbin",
    "/opt/homebrew/sbin",
  ];
  return folders.map((folder) => path.join(folder, "mosquitto")).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Mosquitto {
  readonly port: number;
  readonly pid: number;
}

export async function startMosquitto(owned: Owned, program: string, dir: string): Promise<Mosquitto> {
  const port = await freePort();
  const file = path.join(dir, "mosquitto.conf");
  // No queue of it shall be what bounds the stack.
  writeFileSync(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\nmax_inflight_messages 1000\n`,
  );
  const child = owned.spawnProgram(program, ["-c", file], "ignore");
  for (let tries = 0; tries < 100; tries++) {
    if (await answers(port)) return { port, pid: child.pid ?? 0 };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("mosquitto did not start");
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address !== null && typeof address === "object" ? address.port : 0;
}
