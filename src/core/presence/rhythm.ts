/** Learns how a device speaks: its usual interval, and whether it sleeps in between. Times are monotonic ms. */
import { Gaps, type UsualInterval } from "./usual-interval.ts";

/** Readings closer than this came in one message, or in one segment of the network. */
const SAME_MS = 20;
/** A board that sends each metric in a message of its own sends them within this time. */
const BURST_MS = 2_000;
/** Bursts count instead of readings where they are so many times further apart. */
const BURSTS_APART = 3;
/** Longest connection of a board that connects to send only. */
const ERRAND_MS = 60_000;
/** So many of them one after the other are a habit. */
const HABIT = 3;

export interface RhythmBefore {
  readonly intervalMs: number | undefined;
  readonly isSleeper: boolean;
}

export class Rhythm {
  readonly #readings = new Gaps();
  readonly #bursts = new Gaps();
  #wakes: Gaps | undefined;
  readonly #before: UsualInterval | undefined;
  /** The last reading that counts, and the first of the last burst. */
  #readMs: number | undefined;
  #burstMs = 0;
  #serial: number | undefined;
  #wokeMs: number | undefined;
  #leftMs: number | undefined;
  #errands: number;

  constructor({ intervalMs, isSleeper }: RhythmBefore) {
    this.#before = intervalMs === undefined ? undefined : { ms: intervalMs, isRegular: true };
    this.#errands = isSleeper ? HABIT : 0;
  }

  /** A reading came that is neither an event nor a mere change of a truth value. */
  read(nowMs: number): void {
    if (this.#readMs === undefined) this.#burstMs = nowMs;
    else {
      if (nowMs - this.#readMs >= SAME_MS) this.#readings.add(nowMs - this.#readMs);
      if (nowMs - this.#burstMs >= BURST_MS) {
        this.#bursts.add(nowMs - this.#burstMs);
        this.#burstMs = nowMs;
      }
    }
    this.#readMs = nowMs;
  }

  /** A message of it came over a connection of its own. `serial`: of the connection. */
  spoke(serial: number, nowMs: number): void {
    if (this.#serial !== undefined && serial <= this.#serial) return;
    this.#serial = serial;
    if (this.#wokeMs !== undefined) {
      this.#wakes ??= new Gaps();
      this.#wakes.add(nowMs - this.#wokeMs);
    }
    this.#wokeMs = nowMs;
  }

  /** Its last connection was closed. */
  left(nowMs: number): void {
    // Its messages may be durable after that.
    if (this.#wokeMs === undefined || (this.#leftMs ?? Number.NEGATIVE_INFINITY) >= this.#wokeMs) return;
    const connectedMs = nowMs - this.#wokeMs;
    const awayMs = this.#leftMs === undefined ? undefined : this.#wokeMs - this.#leftMs;
    this.#leftMs = nowMs;
    // A board that is away for a shorter time than it is there has a bad connection.
    if (connectedMs > ERRAND_MS || (awayMs !== undefined && awayMs <= connectedMs)) this.#errands = 0;
    else if (awayMs !== undefined) this.#errands++;
  }

  /** It habitually connects, sends and disconnects. */
  get isSleeper(): boolean {
    return this.#errands >= HABIT;
  }

  /** Whether a connection that is open now is longer than those of its habit. */
  staysConnected(nowMs: number): boolean {
    return this.#wokeMs !== undefined && nowMs - this.#wokeMs > ERRAND_MS;
  }

  /** Undefined until three readings, or as many bursts, came. */
  get usual(): UsualInterval | undefined {
    if (this.isSleeper) return this.#wakes?.usual ?? this.#before ?? this.#ofReadings();
    return this.#ofReadings() ?? this.#before;
  }

  /** The usual interval, where it keeps one. */
  get intervalMs(): number | undefined {
    const { usual } = this;
    return usual?.isRegular === true ? usual.ms : undefined;
  }

  /** Those that `usual` is learned from, in order; empty until it is. Those of a run before are not known. */
  get gaps(): readonly number[] {
    const wakes = this.isSleeper ? this.#wakes : undefined;
    return (wakes?.usual === undefined ? this.#thatCount() : wakes)?.all ?? [];
  }

  #ofReadings(): UsualInterval | undefined {
    return this.#thatCount()?.usual;
  }

  #thatCount(): Gaps | undefined {
    const [readings, bursts] = [this.#readings.usual, this.#bursts.usual];
    // Three readings within two seconds may be all for an hour.
    if (readings === undefined || bursts === undefined) return undefined;
    const isStream = bursts.ms <= Math.max(BURSTS_APART * readings.ms, 2 * BURST_MS);
    return readings.isRegular && isStream ? this.#readings : this.#bursts;
  }
}
