/** Python's paho-mqtt as a kind of client. */

import type { HubAddress } from "../hub/hub.ts";
import { type ClientKind, type ClientWish, VERSION_NAMES } from "./client-kind.ts";
import { connectPaho, type PahoClient } from "./paho-client.ts";

export function pahoKind(version: 3 | 4 | 5, transport: "tcp" | "websockets" = "tcp"): ClientKind {
  const open = async (hub: HubAddress, { filters = [], ...wish }: ClientWish): Promise<PahoClient> => {
    const client = await connectPaho(hub, { ...wish, version, transport });
    for (const { filter, qos } of filters) await client.order({ do: "subscribe", filter, qos });
    return client;
  };
  return {
    name: `paho-mqtt, ${VERSION_NAMES[version]}, ${transport}`,
    version,
    connect: async (hub, wish) => {
      const { received, connack, order, vanish } = await open(hub, wish);
      return {
        received,
        sessionPresent: connack.sessionPresent,
        publish: async (topic, payload, options) => {
          await order({ do: "publish", topic, payload, ...options });
        },
        vanish,
      };
    },
    visit: async (hub, wish) => {
      const visitor = await open(hub, wish);
      await visitor.order({ do: "disconnect" });
      await visitor.vanish();
    },
  };
}
