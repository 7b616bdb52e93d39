/** The MQTT clients that people have, in each version and transport that they speak. */
import type { ClientKind } from "./client-kind.ts";
import { jsKind } from "./js-kind.ts";
import { mosquittoKind } from "./mosquitto-kind.ts";
import { pahoKind } from "./paho-kind.ts";

export const CLIENT_KINDS: readonly ClientKind[] = [
  jsKind(3),
  jsKind(4),
  jsKind(5),
  jsKind(4, "websocket"),
  jsKind(5, "websocket"),
  mosquittoKind(3),
  mosquittoKind(4),
  mosquittoKind(5),
  pahoKind(3),
  pahoKind(4),
  pahoKind(5),
  pahoKind(5, "websockets"),
];
