/** Sketches with topics of their own: plain numbers by room, and JSON with a nested time. */
import { type SimulatedFamily, shortMac } from "./family.ts";

const ROOMS = ["attic", "cellar", "garage", "office", "porch"];

export const CUSTOM: SimulatedFamily = {
  about: "topics of their own, for a mapping: home/<room>/<quantity>, sensors/<id>/data",
  isBridge: false,
  create: ({ devices: [device], now, send }) => {
    const isPlain = device.number % 2 === 1;
    const room = `${ROOMS[device.number % ROOMS.length]}${device.number}`;
    return {
      clientId: `sketch-${shortMac(device.mac)}`,
      keepAliveSeconds: 15,
      subscriptions: [],
      opened: () => {},
      tick: () => {
        const { temperature, humidity } = device.sense();
        if (isPlain) {
          send({ topic: `home/${room}/temperature`, payload: temperature.toFixed(1), readings: 1 });
          send({ topic: `home/${room}/humidity`, payload: humidity.toFixed(0), readings: 1 });
          return;
        }
        const payload = JSON.stringify({
          meta: { time: Math.floor(now() / 1_000) },
          data: { temp: temperature, hum: humidity },
        });
        send({ topic: `sensors/${room}/data`, payload, readings: 1 });
      },
      received: () => {},
    };
  },
};
