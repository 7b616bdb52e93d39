/** Homie devices of version 4 (attributes as topics) and 5 (one description). homieiot.github.io/specification */
import { type SimulatedFamily, shortMac } from "./family.ts";

interface Property {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly format: string;
}

const PROPERTIES: readonly Property[] = [
  { id: "temperature", name: "Temperature", unit: "°C", format: "-20:60" },
  { id: "humidity", name: "Humidity", unit: "%", format: "0:100" },
];

export const HOMIE_4: SimulatedFamily = {
  about: "Homie 4: homie/<device>/<node>/<property>",
  isBridge: false,
  create: ({ name: given, devices: [device], send }) => {
    const id = given ?? `homie4-${shortMac(device.mac).toLowerCase()}`;
    const say = (below: string, payload: string, readings = 0): void =>
      send({ topic: `homie/${id}/${below}`, payload, qos: 1, retain: true, ...(readings > 0 && { readings }) });
    return {
      clientId: id,
      keepAliveSeconds: 30,
      will: { topic: `homie/${id}/$state`, payload: "lost", qos: 1, retain: true },
      subscriptions: [`homie/${id}/+/+/set`, "homie/$broadcast/#"],
      opened: () => {
        say("$state", "init");
        say("$homie", "4.0.0");
        say("$name", `Weather station ${device.number}`);
        say("$nodes", "air");
        say("$extensions", "");
        say("air/$name", "Air");
        say("air/$type", "sensor");
        say("air/$properties", PROPERTIES.map((property) => property.id).join(","));
        for (const { id: property, name, unit, format } of PROPERTIES) {
          say(`air/${property}/$name`, name);
          say(`air/${property}/$datatype`, "float");
          say(`air/${property}/$unit`, unit);
          say(`air/${property}/$format`, format);
        }
        say("$state", "ready");
      },
      tick: () => {
        const metrics = device.sense();
        say("air/temperature", metrics.temperature.toFixed(1), 1);
        say("air/humidity", metrics.humidity.toFixed(0), 1);
      },
      received: () => {},
      leaving: () => say("$state", "disconnected"),
    };
  },
};

export const HOMIE_5: SimulatedFamily = {
  about: "Homie 5: homie/5/<device>/<node>/<property>",
  isBridge: false,
  create: ({ name: given, devices: [device], send }) => {
    const id = given ?? `homie5-${shortMac(device.mac).toLowerCase()}`;
    const say = (below: string, payload: string, readings = 0): void =>
      send({ topic: `homie/5/${id}/${below}`, payload, qos: 1, retain: true, ...(readings > 0 && { readings }) });
    const properties = Object.fromEntries(
      PROPERTIES.map((property) => [
        property.id,
        { name: property.name, datatype: "float", unit: property.unit, format: property.format },
      ]),
    );
    return {
      clientId: id,
      keepAliveSeconds: 30,
      will: { topic: `homie/5/${id}/$state`, payload: "lost", qos: 1, retain: true },
      subscriptions: [`homie/5/${id}/+/+/set`, "homie/5/$broadcast/#"],
      opened: () => {
        say("$state", "init");
        const description = {
          homie: "5.0",
          name: `Greenhouse ${device.number}`,
          version: 1,
          nodes: { air: { name: "Air", properties } },
        };
        say("$description", JSON.stringify(description));
        say("$state", "ready");
      },
      tick: () => {
        const metrics = device.sense();
        say("air/temperature", metrics.temperature.toFixed(1), 1);
        say("air/humidity", metrics.humidity.toFixed(0), 1);
      },
      received: () => {},
      leaving: () => say("$state", "disconnected"),
    };
  },
};
