/**
 * A battery board: wakes, connects, sends one QoS 1 message, waits for its PUBACK, disconnects and sleeps. It has no last will.
 */
import { encodeReading } from "../board/reading.ts";
import type { Scenario } from "../board/scenario.ts";

export type WakeStep = "sleep" | "stay-awake";

/** Asleep as soon as nothing waits for the broker: power is all that such a board has. */
export const afterAcknowledgement = (waiting: number): WakeStep => (waiting === 0 ? "sleep" : "stay-awake");

export const deepSleep: Scenario = {
  about: "each interval: connect, one QoS 1 message, clean DISCONNECT, sleep",
  qos: 1,
  sleeps: true,
  createTick: (board) => () => {
    board.link.send({
      kind: "telemetry",
      topic: board.telemetryTopic,
      payload: encodeReading(board.sense(), board.style),
      qos: 1,
      readings: 1,
      onAcknowledged: () => {
        if (afterAcknowledgement(board.link.waiting()) === "sleep") board.link.leave();
      },
    });
    board.link.open();
  },
};
