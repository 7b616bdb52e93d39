/** Home Assistant discovery as a board publishes it: what a hub learns of it is kept in `hub.db`. */
import type { RawClient } from "./raw-client.ts";

export const announcedId = (board: number): string => `ha:board${board}`;
export const announcedName = (board: number): string => `Board ${board} ☀`;
export const stateTopic = (board: number): string => `house/board${board}/t`;

export function announceBoard(client: RawClient, board: number, packetId: number): void {
  client.publish({
    topic: `homeassistant/sensor/board${board}/config`,
    payload: JSON.stringify({
      name: "Temperature",
      state_topic: stateTopic(board),
      unit_of_measurement: "°C",
      device: { identifiers: [`board${board}`], name: announcedName(board) },
    }),
    qos: 1,
    packetId,
  });
}
