/** The machine's clock with a handle to move it on, so that nobody waits a minute for a minute's silence. */
import { connect } from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Clock } from "../../../src/core/ports/clock.ts";
import { tempDir } from "../hub/hub.ts";
import { within } from "../until.ts";

export interface ShiftedClock extends Clock {
  /** Wall time and monotonic time both jump ahead, and every timer that is due by then has run when this returns, in order; a periodic one once. */
  skip(ms: number): void;
  /** The same in small steps: time that passes for a hub that runs. After one large step it takes itself for having stood still, and cuts nobody off for his silence. */
  pass(ms: number): void;
}

const IMPLEMENTATION = new URL("shifted-clock.mjs", import.meta.url).href;

export const { createShiftedClock } = (await import(/* @vite-ignore */ IMPLEMENTATION)) as {
  createShiftedClock(): ShiftedClock;
};

export interface ClockOfHub {
  /** For the hub that is to have this clock. */
  readonly env: { readonly NODE_OPTIONS: string; readonly AERIE_TEST_CLOCK: string };
  /** Settles when the timers that were due have run. */
  skip(ms: number): Promise<void>;
}

const LOADER = pathToFileURL(path.join(import.meta.dirname, "shifted-clock-loader.mjs")).href;

/** The same for a hub that is a process of its own: `spawnHub({ env: clock.env })`. Its libraries keep the machine's time, node:http with them. */
export function clockOfHub(nodeOptions = ""): ClockOfHub {
  const address = path.join(tempDir(), "clock");
  return {
    env: { NODE_OPTIONS: `--import=${LOADER} ${nodeOptions}`, AERIE_TEST_CLOCK: address },
    skip: (ms) =>
      within(
        "the hub's clock is moved on",
        new Promise<void>((resolve, reject) => {
          const socket = connect(address, () => void socket.end(String(ms)));
          socket
            .once("error", reject)
            .once("close", () => resolve())
            .resume();
        }),
      ),
  };
}
