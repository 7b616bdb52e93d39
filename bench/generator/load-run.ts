/** Decides when each board of one run sends, and when the run has ended. */
import type { BoardLink } from "./board-link.ts";
import type { SendWindow } from "./send-window.ts";

/** Either bound ends the sending; the run ends when all that was sent is acknowledged or its connection is gone. */
export interface RunOptions {
  durationMs?: number;
  /** Divided evenly among the boards. */
  messages?: number;
  /** All boards together, one after the other; as fast as the windows allow when left out. */
  ratePerSecond?: number;
  /** With a rate: how many messages a board sends at once. Default 1. */
  burst?: number;
}

export interface RunBoard {
  deviceId: string;
  window: SendWindow;
  link: BoardLink;
}

export interface LoadRunOptions {
  boards: readonly RunBoard[];
  windowUnits: number;
  options: RunOptions;
  /** Messages of this run whose acknowledgement has come. */
  acknowledged(): number;
}

export interface LoadRunEnd {
  sent: number;
  elapsedMs: number;
  stalled: boolean;
}

export interface LoadRun {
  readonly ended: Promise<LoadRunEnd>;
  onReadyToSend(boardNumber: number): void;
  onClosed(): void;
  stop(): void;
}

/** No acknowledgement for this long while some are awaited: the run is given up. */
const STALL_MS = 30_000;
const STALL_CHECK_MS = 1_000;
const PACE_TICK_MS = 1;

/** Hands each board its share of the messages and counts what goes out. */
function createSender(boards: readonly RunBoard[], { messages = Number.POSITIVE_INFINITY }: RunOptions) {
  const rest = Number.isFinite(messages) ? messages % boards.length : 0;
  const left = boards.map((_, board) => Math.floor(messages / boards.length) + (board < rest ? 1 : 0));
  let sent = 0;
  return {
    sent: () => sent,
    isSpent: () => !boards.some(({ link }, board) => link.isOpen() && (left[board] ?? 0) > 0),
    /** At most `limit` messages of that board; gives how many. */
    send(boardNumber: number, limit = Number.POSITIVE_INFINITY): number {
      const share = left[boardNumber] ?? 0;
      const allowed = Math.min(limit, share);
      const count = allowed > 0 ? (boards[boardNumber]?.link.send(allowed) ?? 0) : 0;
      left[boardNumber] = share - count;
      sent += count;
      return count;
    },
  };
}

type Sender = ReturnType<typeof createSender>;

/** At each tick sends what is due by then, one board after the other. What no window has room for is due at the next. */
function startPace(
  sender: Sender,
  boards: number,
  ratePerSecond: number,
  burst: number,
  onTick: () => void,
): () => void {
  const startedAtMs = performance.now();
  let turn = 0;
  const timer = setInterval(() => {
    let due = Math.floor(((performance.now() - startedAtMs) * ratePerSecond) / 1000) - sender.sent();
    let fruitless = 0;
    while (due > 0 && fruitless < boards) {
      const count = sender.send(turn, Math.min(burst, due));
      turn = (turn + 1) % boards;
      due -= count;
      fruitless = count === 0 ? fruitless + 1 : 0;
    }
    onTick();
  }, PACE_TICK_MS);
  return () => clearInterval(timer);
}

/** Calls back when nothing has moved for STALL_MS. */
function watchForStall(moved: () => number, awaited: () => boolean, onStalled: () => void): () => void {
  let before = -1;
  let quietMs = 0;
  const timer = setInterval(() => {
    quietMs = awaited() && moved() === before ? quietMs + STALL_CHECK_MS : 0;
    before = moved();
    if (quietMs >= STALL_MS) onStalled();
  }, STALL_CHECK_MS);
  return () => clearInterval(timer);
}

export function startLoadRun({ boards, windowUnits, options, acknowledged }: LoadRunOptions): LoadRun {
  const { durationMs, ratePerSecond, burst = 1 } = options;
  const startedAtMs = performance.now();
  const sender = createSender(boards, options);
  const refillAt = Math.floor(windowUnits / 2); // many packets a write, many acknowledgements a read
  const timers: (() => void)[] = [];
  let sending = true;
  let hasClosed = boards.some(({ link }) => !link.isOpen());
  let end: (result: LoadRunEnd) => void = () => {};
  const ended = new Promise<LoadRunEnd>((resolve) => {
    end = resolve;
  });

  /** Asked at each acknowledgement: with ten thousand boards, looking at all of them is the exception. */
  function isAwaiting(): boolean {
    if (!hasClosed && acknowledged() < sender.sent()) return true;
    return boards.some(({ link, window }) => link.isOpen() && window.unitsInFlight() > 0);
  }

  function finish(stalled: boolean): void {
    stopSending();
    for (const stopTimer of timers) stopTimer();
    end({ sent: sender.sent(), elapsedMs: performance.now() - startedAtMs, stalled });
  }

  let stopPace: () => void = () => {};
  function stopSending(): void {
    sending = false;
    stopPace();
  }

  function finishIfDone(): void {
    if (sending && sender.isSpent()) stopSending();
    if (!sending && !isAwaiting()) finish(false);
  }

  function stop(): void {
    stopSending();
    finishIfDone();
  }

  timers.push(watchForStall(acknowledged, isAwaiting, () => finish(true)));
  if (durationMs !== undefined) {
    const timer = setTimeout(stop, durationMs);
    timers.push(() => clearTimeout(timer));
  }
  if (ratePerSecond !== undefined) stopPace = startPace(sender, boards.length, ratePerSecond, burst, finishIfDone);
  else for (const board of boards.keys()) sender.send(board);
  finishIfDone(); // no board may be open any more

  return {
    ended,
    stop,
    onClosed() {
      hasClosed = true;
      finishIfDone();
    },
    onReadyToSend(boardNumber) {
      if (!sending || ratePerSecond !== undefined) return finishIfDone();
      if ((boards[boardNumber]?.window.unitsInFlight() ?? 0) > refillAt) return;
      if (sender.send(boardNumber) === 0) finishIfDone();
    },
  };
}
