/** What becomes of one message that somebody watches, as those who serve it report it. Types only. */
import type { RefusalCode } from "../../contract/refusals.ts";
import type { Fault } from "../model/result.ts";
import type { Write } from "../ports/writes.ts";

/** A message as it came; its payload may be a view into what was read from a socket. */
export interface CameMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

export interface MessageTrace {
  /** This is on disk. */
  stored(write: Write | undefined): void;
  /** Something of it was refused. */
  refused(deviceId: string | undefined, fault: Fault): void;
  /** Nothing more becomes of it. */
  ended(outcome: "carry" | "stored" | "refuse" | "stalled", code?: RefusalCode): void;
}

/** To be asked for each message: while nobody watches, that is one comparison. */
export interface MessageTraces {
  /** Undefined: nobody is to see it. `clientId` undefined: the hub itself published it. */
  begin(message: CameMessage, clientId: string | undefined): MessageTrace | undefined;
}
