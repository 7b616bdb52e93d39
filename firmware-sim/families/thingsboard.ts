/** A client of ThingsBoard's device API: the token is the user name. thingsboard.io/docs/reference/mqtt-api */
import { type SimulatedFamily, shortMac } from "./family.ts";

export const THINGSBOARD: SimulatedFamily = {
  about: "ThingsBoard clients: v1/devices/me/telemetry",
  isBridge: false,
  create: ({ devices: [device], now, send }) => {
    const token = `tb-${shortMac(device.mac).toLowerCase()}`;
    return {
      clientId: `thingsboard-${device.number}`,
      username: token,
      keepAliveSeconds: 60,
      subscriptions: ["v1/devices/me/rpc/request/+", "v1/devices/me/attributes"],
      opened: () => {
        const attributes = JSON.stringify({ firmwareVersion: "1.0.3", serialNumber: device.mac });
        send({ topic: "v1/devices/me/attributes", payload: attributes, qos: 1 });
      },
      tick: () => {
        const { temperature, humidity, co2 } = device.sense();
        const payload = JSON.stringify({ ts: now(), values: { temperature, humidity, co2 } });
        send({ topic: "v1/devices/me/telemetry", payload, qos: 1, readings: 1 });
      },
      received: (topic) => {
        const id = /\/rpc\/request\/(\d+)$/.exec(topic)?.[1];
        if (id !== undefined) send({ topic: `v1/devices/me/rpc/response/${id}`, payload: '{"result":"ok"}', qos: 1 });
      },
    };
  },
};
