/** Drives a broker as many boards would: as fast as their windows allow, or at a pace. Judges nothing that it measures. */
import { openBoardLink } from "./board-link.ts";
import { type LoadRun, type RunBoard, type RunWish, startLoadRun } from "./load-run.ts";
import { createPublishRing, type InstantForm, type Stamp } from "./publish-ring.ts";
import { createSendWindow } from "./send-window.ts";

export interface LoadOptions {
  host: string;
  port: number;
  boards: number;
  /** 0: of each hundred messages of a board the last is QoS 1, so that what is in flight has a bound and an end. */
  qos: 0 | 1;
  /** Unacknowledged QoS 1 messages a board (32); at QoS 0 each stands for a hundred (3). */
  windowPerBoard?: number;
  /** Which boards give instants of their own, epoch ms and ISO in turn. Default half. */
  timestamps?: "half" | "all" | "none";
  /** Puts the metric `seq` into each message: its number at its board, counted from here. */
  firstSequence?: number;
  /** Puts the metric `sentUs` into each message instead: CLOCK_MONOTONIC when it was handed to the socket. */
  sentUs?: boolean;
  /** Client ids, which are also the device ids: `<prefix>-0`, `<prefix>-1` … Default `bench`. */
  idPrefix?: string;
}

export interface BoardOutcome {
  deviceId: string;
  /** Since the load opened: the sequences whose PUBACK came. */
  acknowledged: Uint32Array;
  /** Sequences from the load's first to this one, exclusive, were handed to the socket. */
  nextSequence: number;
}

export interface RunOutcome {
  sent: number;
  acknowledged: number;
  /** From the first message to the last PUBACK. */
  elapsedMs: number;
  /** Of each acknowledged QoS 1 message, from its write to its PUBACK; at most 524,288, the oldest are overwritten. */
  latenciesMs: Float64Array;
  /** Connections that ended since the load opened. */
  closedBoards: number;
  /** PUBACKs of ids that were not waiting, since the load opened. */
  strayAcks: number;
  /** Nothing came for 30 s and the run was given up with messages unacknowledged. */
  stalled: boolean;
  boards: BoardOutcome[];
}

export interface Load {
  /**
   * One run at a time; the next goes on where the former ended. Never rejects, not even when the broker dies.
   * @example const { acknowledged, boards } = await load.run({ messages: 10_000 });
   */
  run(wish: RunWish): Promise<RunOutcome>;
  /** Ends the sending of the present run. */
  stop(): void;
  /** Closes the connections without DISCONNECT, as a board that lost power. */
  close(): void;
}

const MESSAGES_PER_MARKER = 100;
const LATENCIES_KEPT = 1 << 19;
/** Given instants begin this long ago and stay below the present. */
const FIRST_INSTANT_AGO_MS = 3_600_000;

function instantForm(board: number, timestamps: "half" | "all" | "none"): InstantForm {
  if (timestamps === "none" || (timestamps === "half" && board % 2 === 1)) return "none";
  const turn = timestamps === "half" ? board / 2 : board;
  return turn % 2 === 0 ? "epochMs" : "iso";
}

function stampOf({ firstSequence, sentUs }: LoadOptions): Stamp {
  if (firstSequence !== undefined) return "seq";
  return sentUs === true ? "sentUs" : "none";
}

/** What the boards of a load count together. */
function createTally() {
  const latenciesMs = new Float64Array(LATENCIES_KEPT);
  let latencies = 0;
  let acknowledged = 0;
  return {
    reset(): void {
      latencies = 0;
      acknowledged = 0;
    },
    onAcknowledged(messages: number, latencyMs: number): void {
      latenciesMs[latencies % LATENCIES_KEPT] = latencyMs;
      latencies += 1;
      acknowledged += messages;
    },
    acknowledged: () => acknowledged,
    latenciesMs: () => latenciesMs.slice(0, Math.min(latencies, LATENCIES_KEPT)),
  };
}

type BoardMaker = (boardNumber: number) => Promise<RunBoard>;

/** All or none: what did open is closed again when one is refused. */
async function openAll(count: number, openBoard: BoardMaker): Promise<RunBoard[]> {
  const results = await Promise.allSettled(Array.from({ length: count }, (_, number) => openBoard(number)));
  const boards = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const refused = results.find((result) => result.status === "rejected");
  if (refused === undefined) return boards;
  for (const { link } of boards) link.close();
  throw refused.reason;
}

/** Opens all connections; rejects when one is refused. */
export async function openLoad(options: LoadOptions): Promise<Load> {
  const { host, port, qos, timestamps = "half", idPrefix = "bench", firstSequence = 0 } = options;
  const messagesPerUnit = qos === 0 ? MESSAGES_PER_MARKER : 1;
  const windowUnits = options.windowPerBoard ?? (qos === 0 ? 3 : 32);
  // A ring longer than the window: values vary, and one late PUBACK does not hold up the next turn.
  const units = qos === 0 ? windowUnits + 1 : Math.max(256, windowUnits * 2);
  const firstInstantMs = Date.now() - FIRST_INSTANT_AGO_MS;
  const stamp = stampOf(options);
  const { onAcknowledged, ...tally } = createTally();
  let present: LoadRun | undefined;

  const boards = await openAll(options.boards, async (boardNumber) => {
    const deviceId = `${idPrefix}-${boardNumber}`;
    const instants = instantForm(boardNumber, timestamps);
    const ring = createPublishRing({ deviceId, boardNumber, units, messagesPerUnit, instants, firstInstantMs, stamp });
    const window = createSendWindow({ ring, units, messagesPerUnit, windowUnits, firstSequence, onAcknowledged });
    const onRoom = (): void => present?.onRoom(boardNumber);
    const onClosed = (): void => present?.onClosed();
    const link = await openBoardLink({ host, port, clientId: deviceId, window, onRoom, onClosed });
    return { deviceId, window, link };
  });

  return {
    async run(wish) {
      tally.reset();
      present = startLoadRun({ boards, windowUnits, wish, acknowledged: tally.acknowledged });
      const end = await present.ended;
      present = undefined;
      return {
        ...end,
        acknowledged: tally.acknowledged(),
        latenciesMs: tally.latenciesMs(),
        closedBoards: boards.filter(({ link }) => !link.isOpen()).length,
        strayAcks: boards.reduce((sum, { window }) => sum + window.strayAcks(), 0),
        boards: boards.map(({ deviceId, window }) => ({
          deviceId,
          acknowledged: window.acknowledgedSequences(),
          nextSequence: window.nextSequence(),
        })),
      };
    },
    stop: () => present?.stop(),
    close: () => {
      for (const { link } of boards) link.close();
    },
  };
}
