/** A board whose PUBACKs get lost: it sends each second reading again, byte for byte, with its packet id and DUP=1. */

import { encodeReading } from "../board/reading.ts";
import type { Scenario } from "../board/scenario.ts";
import type { Message } from "../mqtt/outbox.ts";

/** esp-mqtt repeats what is not acknowledged within a second, on the same connection, even with a clean session. */
export const isRepeated = (tick: number): boolean => tick % 2 === 1;

export const duplicate: Scenario = {
  about: "each second QoS 1 message is sent again with DUP=1 and the same packet id, as esp-mqtt does",
  qos: 1,
  createTick(board) {
    let tick = 0;
    return () => {
      const message: Message = {
        kind: "telemetry",
        topic: board.telemetryTopic,
        payload: encodeReading(board.sense(), board.style),
        qos: 1,
        readings: 1,
      };
      const repeated = isRepeated(tick);
      tick += 1;
      board.link.send({
        ...message,
        ...(repeated ? { onAcknowledged: (packetId: number) => board.link.redeliver(message, packetId) } : {}),
      });
    };
  },
};
