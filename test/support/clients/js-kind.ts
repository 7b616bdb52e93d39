/** mqtt.js as a kind of client: MQTT 3.1, 3.1.1 and 5, over TCP and WebSocket. */
import type { IClientOptions } from "mqtt";
import type { HubAddress } from "../hub/hub.ts";
import { type ClientKind, type ClientWish, VERSION_NAMES } from "./client-kind.ts";
import { connectJs, type JsClient } from "./mqtt-clients.ts";
import type { Transport } from "./raw-client.ts";

export function jsKind(version: 3 | 4 | 5, transport: Transport = "tcp"): ClientKind {
  const open = (hub: HubAddress, wish: ClientWish): Promise<JsClient> => openJs(version, transport, hub, wish);
  return {
    name: `mqtt.js, ${VERSION_NAMES[version]}, ${transport}`,
    version,
    connect: async (hub, wish) => {
      const { received, connack, publish, vanish } = await open(hub, wish);
      return { received, sessionPresent: connack.sessionPresent, publish, vanish };
    },
    visit: async (hub, wish) => {
      const visitor = await open(hub, wish);
      await visitor.leave();
    },
  };
}

async function openJs(
  version: 3 | 4 | 5,
  transport: Transport,
  hub: HubAddress,
  { clientId, keep = false, will, filters = [] }: ClientWish,
): Promise<JsClient> {
  const client = await connectJs(transport === "tcp" ? hub.mqttUrl : hub.wsUrl, {
    ...versionOptions(version, keep),
    clientId,
    ...(will !== undefined && { will: { ...will, payload: Buffer.from(will.payload) } }),
  });
  for (const { filter, qos } of filters) await client.subscribe(filter, qos);
  return client;
}

/** How mqtt.js is told of a version, and that its session is to be kept. */
export function versionOptions(version: 3 | 4 | 5, keep: boolean): IClientOptions {
  return {
    protocolVersion: version,
    protocolId: version === 3 ? "MQIsdp" : "MQTT",
    clean: !keep,
    ...(version === 5 && keep && { properties: { sessionExpiryInterval: 3_600 } }),
  };
}
