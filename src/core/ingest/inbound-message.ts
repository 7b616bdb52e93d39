/** One message of a client on its way into the store, and what intake finds out of it. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Connection } from "../devices/connection.ts";
import type { MessageTrace } from "../messages/message-trace.ts";
import type { ReadingWrite, Write } from "../ports/writes.ts";

export interface InboundMessage {
  readonly connection: Connection;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Packet id of QoS 1 and 2. */
  readonly packetId: number | undefined;
  /** Where somebody watches it. */
  readonly trace?: MessageTrace | undefined;
}

/** What a write holds in memory beside its bytes: a list of a thousand small readings is small only on the wire. */
const HELD_BYTES_A_WRITE = 1_024;

export const bytesOf = ({ payload, topic }: InboundMessage, writes: readonly Write[]): number =>
  payload.length + topic.length + writes.length * HELD_BYTES_A_WRITE;

export const deviceOf = (write: Write | undefined): DeviceId | undefined =>
  write === undefined || write.kind === "journal" ? undefined : write.deviceId;

export const packetOf = ({ packetId, connection, dup }: InboundMessage): ReadingWrite["packet"] =>
  packetId === undefined ? undefined : { clientId: connection.clientId, id: packetId, dup };
