/** The hub's listening sockets: MQTT, MQTT over TLS, HTTP, and the socket of the command line. */
import type { Server } from "node:net";
import path from "node:path";
import { SETTINGS } from "../config/settings.ts";
import { CONTROL_SOCKET } from "../contract/control/control.ts";
import { listen } from "../platform/listen.ts";
import { listenLocally } from "../platform/local-socket.ts";
import { createOpenSockets } from "../platform/open-sockets.ts";
import type { PartOptions } from "./hub-options.ts";

type Wire = "mqtt" | "mqtts" | "http";

export interface Listeners {
  /** The port that was taken; 0 until it listens. */
  portOf(wire: Wire): number;
  /** Answers the port. Rejects with a StartError where it cannot be taken. */
  listen(server: Server, wire: Wire): Promise<number>;
  /** Rejects never: a hub on a file system without sockets lacks the command line, and is a hub all the same. */
  listenToCommands(server: Server): Promise<void>;
}

const NO_COMMANDS =
  "commands such as aerie backup cannot reach this hub: their socket cannot be opened; correct the cause and restart the hub";

export function createListeners({ config, log, own }: PartOptions): Listeners {
  const openSockets = own("open sockets", createOpenSockets({ log }));
  const ports = { mqtt: 0, mqtts: 0, http: 0 };
  return {
    portOf: (wire) => ports[wire],
    listen: async (server, wire) => {
      openSockets.watch(server);
      const host = wire === "http" ? "httpHost" : "mqttHost";
      ports[wire] = await listen(server, {
        host: config[host],
        port: config[`${wire}Port`],
        hostSetting: SETTINGS[host].env,
        portSetting: SETTINGS[`${wire}Port`].env,
      });
      own(`${wire} listener`, { close: () => void server.close() });
      return ports[wire];
    },
    listenToCommands: async (server) => {
      const file = path.join(config.dataDir, CONTROL_SOCKET);
      openSockets.watch(server);
      try {
        own("control socket", await listenLocally(server, file));
      } catch (cause) {
        log.warn(NO_COMMANDS, { file, cause });
      }
    },
  };
}
