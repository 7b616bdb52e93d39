/** What a scenario may change about a station: the air, what happens each interval, how it connects. */
import type { Link } from "../mqtt/link.ts";
import type { Air } from "../room/air.ts";
import type { PayloadStyle, SensedReading } from "./reading.ts";

/** What a scenario sees of its station. */
export interface Board {
  readonly deviceId: string;
  readonly telemetryTopic: string;
  readonly qos: 0 | 1 | 2;
  readonly style: PayloadStyle;
  readonly bootedAtMs: number;
  readonly link: Link;
  /** Reads all sensors now. */
  sense(): SensedReading;
  /** One line for the person who watches. */
  notice(text: string): void;
  /** A message that was not even tried; `cause` groups, `text` explains. */
  notSent(cause: string, text: string): void;
}

export interface Scenario {
  /** One line for --help. */
  readonly about: string;
  /** Where the scenario makes sense only with one. */
  readonly qos?: 0 | 1;
  readonly keepAliveSeconds?: number;
  /** Connects only to send: no will, no status; attributes once. */
  readonly sleeps?: boolean;
  /** Something happens to the room; `elapsedMs` since the station started. */
  readonly disturb?: (air: Air, elapsedMs: number) => Air;
  /** What the firmware does each interval, in place of sending one reading. */
  readonly createTick?: (board: Board) => () => void;
}
