/** Decides about the simulated boards: one set at most, started and removed by a person, resumed after a restart if a person had started it, never restarted after a crash. */

import { SIMULATED_BOARDS, SIMULATED_PREFIX, type SimulationAnswer } from "../../contract/answers/simulation.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { Registry } from "../devices/registry.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile, StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";

/** The process of the boards. */
export interface SimulatorProcess {
  readonly pid: number | undefined;
  /** Settles when it has ended, with why. */
  readonly ended: Promise<string>;
  /** The boards disconnect in order. Settles when it has ended. */
  stop(): Promise<void>;
  /** At once. Settles when it has ended. */
  kill(): Promise<void>;
}

export interface Simulation {
  status(): SimulationAnswer;
  /** Does nothing where they run. Rejects with a StoreError where hub.db cannot keep that they were started. */
  start(): Promise<void>;
  /** Ends them and deletes their devices, with their history. Rejects with a StoreError; what is left can be removed then. */
  remove(): Promise<void>;
  /** Where a person started them in an earlier run of the hub and has not removed them, they run again. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

export interface SimulationOptions {
  readonly registry: Pick<Registry, "get">;
  readonly hubFile: Pick<HubFile, "write">;
  readonly records: readonly StoredRecord[];
  readonly launch: () => SimulatorProcess;
  /** Their secret is revoked, and who came with it is disconnected. */
  readonly endLogin: () => void;
  readonly deleteDevice: (deviceId: DeviceId) => Promise<void>;
  readonly clock: Pick<Clock, "nowMs" | "after">;
  readonly log: Log;
}

type State =
  | { readonly kind: "off" }
  | { readonly kind: "running"; readonly process: SimulatorProcess; readonly sinceMs: number }
  | { readonly kind: "failed"; readonly reason: string };

/** There from the start to the removal: without it, devices of these ids are somebody's own. */
const RECORD = { of: "record", kind: "setting", id: "simulated-boards" } as const;

/** A last will of a board that was cut off makes its device again. */
const DELETE_ATTEMPTS = 5;
const DELETE_AGAIN_MS = 100;

const IDS = Array.from(
  { length: SIMULATED_BOARDS },
  (_, index) => `${SIMULATED_PREFIX}-${String(index + 1).padStart(2, "0")}`,
);

/** Topics that their credential may publish to. */
export const SIMULATED_TOPICS: readonly string[] = IDS.map((id) => `devices/${id}/#`);

export function createSimulation(options: SimulationOptions): Simulation {
  const { registry, hubFile, records, launch, endLogin, deleteDevice, clock, log } = options;
  const queue = createSerialQueue();
  let state: State = { kind: "off" };
  let isStarted = records.some(({ kind, id }) => kind === RECORD.kind && id === RECORD.id);

  const known = (): DeviceId[] => (isStarted ? IDS.flatMap((id) => registry.get(id)?.deviceId ?? []) : []);

  async function keep(started: boolean): Promise<void> {
    if (isStarted === started) return;
    const data = started ? JSON.stringify({ started }) : undefined;
    await hubFile.write([{ ...RECORD, data }]);
    isStarted = started;
  }

  async function startNow(): Promise<void> {
    if (state.kind === "running") return;
    await keep(true);
    const process = launch();
    const running: State = { kind: "running", process, sinceMs: clock.nowMs() };
    state = running;
    log.info("simulated boards started", { pid: process.pid });
    void process.ended.then((reason) => {
      if (state !== running) return;
      state = { kind: "failed", reason };
      endLogin();
      log.warn("the simulated boards ended by themselves", { reason });
    });
  }

  async function removeNow(): Promise<void> {
    const { kind } = state;
    if (state.kind === "running") {
      const { process } = state;
      state = { kind: "off" };
      await process.stop();
    }
    endLogin();
    for (let attempt = 1; attempt <= DELETE_ATTEMPTS; attempt++) {
      for (const deviceId of known()) await deleteDevice(deviceId);
      await new Promise<void>((resolve) => void clock.after(DELETE_AGAIN_MS, resolve));
      if (known().length === 0) break;
    }
    state = { kind: "off" };
    await keep(false);
    if (kind !== "off") log.info("simulated boards removed");
  }

  return {
    status: () => {
      const devices = known();
      switch (state.kind) {
        case "off":
          return { state: "off", devices };
        case "running":
          return { state: "running", devices, since: new Date(state.sinceMs).toISOString() };
        case "failed":
          return { state: "failed", devices, reason: state.reason };
      }
    },
    start: () => queue.run(startNow),
    remove: () => queue.run(removeNow),
    resume: () => queue.run(async () => (isStarted ? startNow() : undefined)),
    close: () =>
      queue.run(async () => {
        const former = state;
        state = { kind: "off" };
        if (former.kind === "running") await former.process.kill();
      }),
  };
}
