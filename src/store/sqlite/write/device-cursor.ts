/** What the appender remembers of one device, so that a reading newer than all before needs no look-up. */
import type { NewestReading } from "../../../core/model/identity.ts";

export interface DeviceCursor extends NewestReading {
  readonly key: number;
  /** Instant of the newest sealed reading. */
  sealedToMs: number;
  /** Raw readings before it are deleted. */
  readonly rawSinceMs: number;
}
