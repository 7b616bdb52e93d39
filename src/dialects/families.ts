/** The families that Aerie understands beside its own dialect, in the order in which they claim topics. */
import type { Dialect, DialectOptions } from "../core/dialects/dialect.ts";
import { createHomeAssistant } from "./home-assistant/home-assistant.ts";
import { createHomie } from "./homie/homie.ts";
import { createShelly } from "./shelly/shelly.ts";
import { createSparkplug } from "./sparkplug/sparkplug.ts";
import { createTasmota } from "./tasmota/tasmota.ts";
import { createThingsboard } from "./thingsboard/thingsboard.ts";
import { createZigbee2mqtt } from "./zigbee2mqtt/zigbee2mqtt.ts";

export const FAMILY_DIALECTS: readonly ((options: DialectOptions) => Dialect)[] = [
  createTasmota,
  createShelly,
  createZigbee2mqtt,
  createHomie,
  createSparkplug,
  createThingsboard,
  () => createHomeAssistant(),
];
