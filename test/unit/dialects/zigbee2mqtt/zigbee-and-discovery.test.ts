import { expect, test } from "vitest";
import { createDialects } from "../../../../src/dialects/dialects.ts";
import { FAMILY_DIALECTS } from "../../../../src/dialects/families.ts";
import { ANYBODY, bytesOf, NOW, type Payload, partsOf } from "../line-session.ts";
import { COORDINATOR, SENSOR } from "./zigbee-house.ts";

test("what Zigbee2MQTT announces for Home Assistant makes no second device, and takes no topic", () => {
  const dialects = createDialects(FAMILY_DIALECTS.map((create) => create({ inflate: () => undefined })));
  const read = (topic: string, payload: Payload): string[] => {
    const message = { topic, payload: bytesOf(payload), retain: true, receivedAtMs: NOW, publisher: ANYBODY };
    return partsOf(dialects.read(message)).flatMap((part) => {
      if (part.kind === "learned") dialects.learn(part);
      return part.kind === "telemetry" || part.kind === "status" ? [`${part.kind} ${part.deviceId}`] : [];
    });
  };
  const announcement = {
    name: "Temperature",
    state_topic: "zigbee2mqtt/living_sensor",
    value_template: "{{ value_json.temperature }}",
    unit_of_measurement: "°C",
    unique_id: "0x00158d0001a2b3c4_temperature_zigbee2mqtt",
    availability: [{ topic: "zigbee2mqtt/bridge/state", value_template: "{{ value_json.state }}" }],
    device: { identifiers: ["zigbee2mqtt_0x00158d0001a2b3c4"], name: "living_sensor" },
    origin: { name: "Zigbee2MQTT", sw: "2.12.1" },
  };
  read("zigbee2mqtt/bridge/devices", [COORDINATOR, SENSOR]);
  expect(read("homeassistant/sensor/0x00158d0001a2b3c4/temperature/config", announcement)).toEqual([]);
  expect(read("zigbee2mqtt/living_sensor", { temperature: 3 })).toEqual(["telemetry zigbee:0x00158d0001a2b3c4"]);
  expect(read("zigbee2mqtt/bridge/state", '{"state":"offline"}')).toEqual([]);
});
