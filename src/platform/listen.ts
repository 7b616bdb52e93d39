/** Starts a server on its address, or explains to the owner why it cannot. */
import type { AddressInfo, Server } from "node:net";
import { StartError } from "../core/model/start-error.ts";

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Names of its settings, for the message. */
  readonly hostSetting: string;
  readonly portSetting: string;
}

/** Boards that come back all at once when the power does; the system may allow less (net.core.somaxconn). */
const BACKLOG = 4096;

/** The port taken. */
export async function listen(server: Server, { host, port, hostSetting, portSetting }: ListenOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      reject(new StartError(explain(cause, host, port, hostSetting, portSetting), 1, cause));
    };
    server.once("error", fail);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off("error", fail);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

function explain(
  cause: NodeJS.ErrnoException,
  host: string,
  port: number,
  hostSetting: string,
  portSetting: string,
): string {
  switch (cause.code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is taken by another program. Stop that one, or choose another port (${portSetting}).`;
    case "EACCES":
      return `Port ${port} may not be opened by this user. Choose one from 1024 on (${portSetting}).`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is not an address of this machine (${hostSetting}).`;
    default:
      return `Cannot listen on ${host}:${port}: ${cause.message}`;
  }
}
