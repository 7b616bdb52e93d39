/** Shows the progress of a long command: one line on a terminal, elsewhere a line every ten seconds. */
import type { Clock } from "../../core/ports/clock.ts";
import { bytesText, countText, durationText } from "./quantity.ts";

export interface Done {
  /** Undefined: the command counts bytes only. */
  readonly readings?: number;
  /** Undefined: the command counts readings only. */
  readonly bytes?: number;
  /** From 0 to 1; undefined: the total is not known. */
  readonly fraction: number | undefined;
}

export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressOptions {
  readonly clock: Clock;
  readonly screen: Screen;
  /** `Exporting` */
  readonly verb: string;
  readonly done: () => Done;
}

export interface Progress {
  /** Removes the line. */
  end(): void;
}

const TERMINAL_MS = 200;
const ELSEWHERE_MS = 10_000;

export function showProgress({ clock, screen, verb, done }: ProgressOptions): Progress {
  const startedMs = clock.monotonicMs();
  const isTerminal = screen.isTTY === true;
  const draw = (): void => {
    const line = progressLine(verb, done(), clock.monotonicMs() - startedMs);
    screen.write(isTerminal ? `\r\x1b[K${line.slice(0, (screen.columns ?? 80) - 1)}` : `${line}\n`);
  };
  const stop = clock.every(isTerminal ? TERMINAL_MS : ELSEWHERE_MS, draw);
  return {
    end: () => {
      stop();
      if (isTerminal) screen.write("\r\x1b[K");
    },
  };
}

/** `Importing: 42 %, 1,234,567 readings, 61,000/s, 34.5 MB/s, 1 min 5 s left` */
export function progressLine(verb: string, { readings, bytes, fraction }: Done, elapsedMs: number): string {
  const seconds = Math.max(elapsedMs, 1) / 1_000;
  const parts: string[] = [];
  if (fraction !== undefined) parts.push(`${Math.min(100, Math.floor(fraction * 100))} %`);
  if (readings !== undefined) parts.push(`${countText(readings)} readings`, `${countText(readings / seconds)}/s`);
  else if (bytes !== undefined) parts.push(bytesText(bytes));
  if (bytes !== undefined) parts.push(`${bytesText(bytes / seconds)}/s`);
  if (fraction !== undefined && fraction > 0.001 && fraction < 1) {
    parts.push(`${durationText((elapsedMs * (1 - fraction)) / fraction)} left`);
  }
  return `${verb}: ${parts.join(", ")}`;
}
