/**
 * The radio goes off without a DISCONNECT, so that the last will is sent; the readings of that time come later as one array.
 */
import { encodeBacklog, encodeReading, type SensedReading } from "../board/reading.ts";
import type { Board, Scenario } from "../board/scenario.ts";

const ONLINE_TICKS = 10;
const OFFLINE_TICKS = 5;
/** What a board's memory takes; the hub takes 1,000 in one message. */
const MAX_BACKLOG = 200;

export type FlapStep = "stay" | "cut" | "return";

/** Ten readings with a radio, five without, and so on; counted in readings so that it fits any interval. */
export function flapStep(tick: number): FlapStep {
  const along = tick % (ONLINE_TICKS + OFFLINE_TICKS);
  if (along === ONLINE_TICKS) return "cut";
  return along === 0 && tick > 0 ? "return" : "stay";
}

/** Newest last; the oldest make room. */
export function keepNewest(backlog: readonly SensedReading[], reading: SensedReading): SensedReading[] {
  return [...backlog, reading].slice(-MAX_BACKLOG);
}

export const wifiFlap: Scenario = {
  about: "after 10 readings the radio is off for 5 (the last will fires); they come later as one array",
  createTick(board) {
    let tick = 0;
    let backlog: SensedReading[] = [];
    return () => {
      const step = flapStep(tick);
      tick += 1;
      if (step === "cut") board.link.cut();
      if (step === "return") board.link.open();
      const reading = board.sense();
      if (board.link.isOpen()) {
        send(board, backlog, reading);
        backlog = [];
        return;
      }
      if (backlog.length === MAX_BACKLOG)
        board.notSent("backlog full", `the backlog of ${MAX_BACKLOG} readings was full`);
      backlog = keepNewest(backlog, reading);
    };
  },
};

function send(
  { link, telemetryTopic: topic, qos, style }: Board,
  backlog: readonly SensedReading[],
  reading: SensedReading,
) {
  if (backlog.length > 0) {
    const payload = encodeBacklog(backlog, style);
    link.send({ kind: "backlog", topic, payload, qos, readings: backlog.length });
  }
  link.send({ kind: "telemetry", topic, payload: encodeReading(reading, style), qos, readings: 1 });
}
