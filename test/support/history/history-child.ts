/** Starts history-load.mjs as a process that is to be killed, and reads what it says. Judges nothing. */
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import type { DeviceId } from "../../../src/contract/readings.ts";
import { pause } from "../until.ts";
import { type KillPoint, killPointEnv } from "./kill-point.ts";

export interface EraseWords {
  readonly deviceId: DeviceId;
  readonly fromMs: number;
  readonly toMs: number;
  readonly metrics?: readonly string[];
}

export interface LoadOrder {
  readonly dataDir: string;
  readonly seed: number;
  /** The group to begin with. */
  readonly first: number;
  /** Set where the first group was under way at the last kill, and how it was sent. */
  readonly resend: { readonly late: boolean } | undefined;
  readonly late: boolean;
  readonly saveEvery: number;
  readonly rawDays: number;
  /** Steps for which the store's size is held to be too large. */
  readonly sizeSteps: number;
  readonly erases: number;
  /** Deletions that the last one did not see end. */
  readonly unfinished: readonly EraseWords[];
}

/** A line in words. */
export type Said =
  | { readonly kind: "begun"; readonly index: number; readonly late: boolean }
  | {
      readonly kind: "acknowledged";
      readonly index: number;
      readonly late: boolean;
      readonly isAgain: boolean;
      /** n of each that was stored; `d`: a duplicate, `r`: refused. */
      readonly outcomes: readonly string[];
    }
  | { readonly kind: "upkeep"; readonly did: string; readonly shortened: boolean }
  | { readonly kind: "erasing"; readonly request: EraseWords }
  | { readonly kind: "erased" | "open" | "killed" }
  | { readonly kind: "fault"; readonly text: string };

const LOAD = path.join(import.meta.dirname, "history-load.mjs");

/** Runs it until it kills itself at `point`, or, past `afterMs` (without a point: counted from its opening), is killed. */
export async function runUntilKilled(
  order: LoadOrder,
  point: KillPoint | undefined,
  afterMs: number,
  onSaid: (said: Said) => void,
): Promise<void> {
  const child = spawn(process.execPath, [LOAD, JSON.stringify(order)], {
    env: { ...process.env, ...(point !== undefined && killPointEnv(point)) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = (): boolean => child.kill("SIGKILL");
  onTestFinished(() => void kill());
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let opened: () => void = () => {};
  const open = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const said = parse(line);
    if (said.kind === "open") opened();
    else onSaid(said);
  });
  await Promise.race([open, gone]);
  await Promise.race([pause(afterMs).then(kill), gone]);
  await gone;
}

function parse(line: string): Said {
  const [letter, ...words] = line.split(" ");
  switch (letter) {
    case "b":
      return { kind: "begun", index: Number(words[0]), late: words[1] === "1" };
    case "a":
      return {
        kind: "acknowledged",
        index: Number(words[0]),
        late: words[1] === "1",
        isAgain: words[2] === "1",
        outcomes: words[3]?.split(",") ?? [],
      };
    case "u":
      return { kind: "upkeep", did: words[0] ?? "", shortened: (words[2] ?? "") !== "" };
    case "e":
      return { kind: "erasing", request: JSON.parse(line.slice(2)) as EraseWords };
    case "E":
      return { kind: "erased" };
    case "open":
    case "killed":
      return { kind: letter };
    default:
      return { kind: "fault", text: line };
  }
}
