/** The hub's log: JSON lines by pino, or text on a terminal. */
import pino from "pino";
import type { Clock } from "../core/ports/clock.ts";
import type { Log, LogFields } from "../core/ports/log.ts";
import { createLineOutput } from "./line-output.ts";

export interface LogOptions {
  readonly level: "debug" | "info" | "warn" | "error";
  /** Text for a terminal in place of JSON lines. */
  readonly text: boolean;
  readonly clock: Clock;
  /** Stdout does not take lines: called once, with the reason. */
  readonly onFirstDrop: (reason: string) => void;
}

export interface OutputLog extends Log {
  /** Lines that stdout did not take. */
  dropped(): number;
  /** Settles when every line is written, at the latest after `withinMs`. */
  flush(withinMs: number): Promise<void>;
}

export function createLog({ level, text, clock, onFirstDrop }: LogOptions): OutputLog {
  const options = { level, base: null, formatters: { level: (label: string) => ({ level: label }) } };
  const output = createLineOutput({
    fd: 1,
    clock,
    onFirstDrop,
    onWrittenAgain: (count) => logger.warn({ count }, "log lines dropped"),
  });
  const sink = text ? { write: (line: string) => output.write(asText(line)) } : output;
  const logger = pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, sink);
  const at = (method: "debug" | "info" | "warn" | "error") => (event: string, fields?: LogFields) => {
    logger[method](withErrors(fields), event);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    dropped: output.dropped,
    flush: output.flush,
  };
}

/** An error's own fields are not enumerable, so JSON would show `{}`. */
function withErrors(fields: LogFields = {}): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? { message: value.message, stack: value.stack } : value,
    ]),
  );
}

const COLOURS: Record<string, string> = { debug: "\x1b[2m", info: "", warn: "\x1b[33m", error: "\x1b[31m" };

function asText(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const shown = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const clock = new Date(String(time)).toTimeString().slice(0, 8);
  return `${COLOURS[String(level)] ?? ""}${clock} ${String(level).padEnd(5)} ${String(msg)}  ${shown.join("  ")}\x1b[0m\n`;
}
