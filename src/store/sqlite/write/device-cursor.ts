/** What the appender remembers of one device, so that a reading newer than all before needs no look-up. */

export interface DeviceCursor {
  readonly key: number;
  newestAtMs: number;
  newestN: number;
  /** Instant of the newest sealed reading. */
  sealedToMs: number;
  /** Raw readings before it are deleted. */
  readonly rawSinceMs: number;
}
