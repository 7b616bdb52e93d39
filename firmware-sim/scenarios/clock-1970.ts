/** A board that never reached a time server: its clock began at 1970 when it booted. */
import { encodeReading, type SensedReading, withInstant } from "../board/reading.ts";
import type { Scenario } from "../board/scenario.ts";

/** Time since the boot, taken for the time since 1970. */
export const as1970 = (reading: SensedReading, bootedAtMs: number): SensedReading => ({
  ...reading,
  atMs: Math.max(0, reading.atMs - bootedAtMs),
});

export const clock1970: Scenario = {
  about: "timestamps count from 1970-01-01, as on a board that never reached a time server",
  createTick: (board) => () => {
    const reading = as1970(board.sense(), board.bootedAtMs);
    const payload = encodeReading(reading, withInstant(board.style));
    board.link.send({ kind: "telemetry", topic: board.telemetryTopic, payload, qos: board.qos, readings: 1 });
  },
};
