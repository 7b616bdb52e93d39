/** Drives a broker as many boards would: as fast as their windows allow, or at a pace. */
import { openBoardLink } from "./board-link.ts";
import { type LoadRun, type RunOptions, startLoadRun } from "./load-run.ts";
import { createPublishRing, type InstantForm, type Stamp } from "./messages/publish-ring.ts";
import { createStateRing } from "./messages/state-ring.ts";
import { openAll } from "./open-all.ts";
import { createSendWindow } from "./send-window.ts";

export interface LoadOptions {
  host: string;
  port: number;
  boards: number;
  /** 0: of each hundred messages of a board the last is QoS 1, so that what is in flight has a bound and an end. */
  qos: 0 | 1 | 2;
  /** Readings, which a hub stores, or the state of a machine, which it only carries. Default readings. */
  says?: "readings" | "state";
  /** Unacknowledged QoS 1 or 2 messages a board (32); at QoS 0 each stands for a hundred (3). */
  windowPerBoard?: number;
  /** Messages (at QoS 0 hundreds) of which a board says one after the other; at least the window. Default 256 or more. */
  variety?: number;
  /** Which boards give instants of their own, epoch ms and ISO in turn. Default half. */
  timestamps?: "half" | "all" | "none";
  /** Puts the metric `seq` into each message: its number at its board, counted from here. */
  firstSequence?: number;
  /** Puts the metric `sentUs` into each message instead: CLOCK_MONOTONIC when it was handed to the socket. */
  sentUs?: boolean;
  /** Each hundredth reading of a board says that it sees a flame, and the next one that it does not. Default false: no board raises an alarm. */
  flames?: boolean;
  /** Client ids, which are also the device ids: `<prefix>-0`, `<prefix>-1` … Default `bench`. */
  idPrefix?: string;
  /** Boards come with a password: this, and their client id behind it. */
  secretPrefix?: string;
}

export interface BoardOutcome {
  deviceId: string;
  /** Since the load opened: the sequences whose PUBACK or PUBCOMP came. */
  acknowledged: Uint32Array;
  /** Sequences from the load's first to this one, exclusive, were handed to the socket. */
  nextSequence: number;
}

export interface RunOutcome {
  sent: number;
  acknowledged: number;
  /** From the first message to the last acknowledgement. */
  elapsedMs: number;
  /** Of each QoS 1 or 2 message, from its write to its PUBACK or PUBCOMP; at most 524,288, the oldest are overwritten. */
  latenciesMs: Float64Array;
  /** Connections that ended since the load opened. */
  closedBoards: number;
  /** Acknowledgements that nobody waited for, since the load opened. */
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
  run(runOptions: RunOptions): Promise<RunOutcome>;
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

/** Opens all connections; rejects when one is refused. */
export async function openLoad(options: LoadOptions): Promise<Load> {
  const { host, port, timestamps = "half", flames = false, idPrefix = "bench", firstSequence = 0 } = options;
  const qos = options.qos === 2 ? 2 : 1; // of the messages that are acknowledged
  const messagesPerUnit = options.qos === 0 ? MESSAGES_PER_MARKER : 1;
  const windowUnits = options.windowPerBoard ?? (options.qos === 0 ? 3 : 32);
  // A ring longer than the window: values vary, and one late acknowledgement does not hold up the next turn.
  const units = options.variety ?? (options.qos === 0 ? windowUnits + 1 : Math.max(256, windowUnits * 2));
  const row = { units, messagesPerUnit, qos } as const;
  const firstInstantMs = Date.now() - FIRST_INSTANT_AGO_MS;
  const stamp = stampOf(options);
  const { onAcknowledged, ...tally } = createTally();
  let present: LoadRun | undefined;

  async function openBoard(boardNumber: number) {
    const deviceId = `${idPrefix}-${boardNumber}`;
    const instants = instantForm(boardNumber, timestamps);
    const ring =
      options.says === "state"
        ? createStateRing({ ...row, boardNumber })
        : createPublishRing({ ...row, deviceId, boardNumber, instants, firstInstantMs, stamp, flames });
    const window = createSendWindow({ ring, units, messagesPerUnit, windowUnits, firstSequence, onAcknowledged });
    const onReadyToSend = (): void => present?.onReadyToSend(boardNumber);
    const onClosed = (): void => present?.onClosed();
    const { secretPrefix } = options;
    const password = secretPrefix === undefined ? undefined : secretPrefix + deviceId;
    const link = await openBoardLink({
      host,
      port,
      clientId: deviceId,
      password,
      qos,
      window,
      onReadyToSend,
      onClosed,
    });
    return { deviceId, window, link };
  }
  const boards = await openAll(options.boards, openBoard, ({ link }) => link.close());

  return {
    async run(runOptions) {
      tally.reset();
      present = startLoadRun({ boards, windowUnits, options: runOptions, acknowledged: tally.acknowledged });
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
