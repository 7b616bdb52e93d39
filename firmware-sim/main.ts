/** Entry of the simulator: arguments, progress, signals, exit code. */
import { readFileSync } from "node:fs";
import { sharesOf } from "./families/family-list.ts";
import { HELP } from "./help-text.ts";
import { durationText } from "./helpers/duration.ts";
import type { Summary } from "./helpers/tally.ts";
import { addressText } from "./mqtt/broker-address.ts";
import { connectAdvice } from "./mqtt/connect-advice.ts";
import { disconnectAdvice } from "./mqtt/disconnect-advice.ts";
import { type ParsedOptions, parseOptions } from "./options.ts";
import { finalTable, summaryLine } from "./report.ts";
import { assignScenarios, type Simulation, type SimulationOptions, startSimulation } from "./simulation.ts";

const TERMINAL_LINE_MS = 1_000;
const LOG_LINE_MS = 10_000;
/** Long enough for a hub that is being started in the next window. */
const GIVE_UP_AFTER_MS = 30_000;

process.exitCode = await main(parseOptions(process.argv.slice(2), readFileSync, process.env));

async function main(options: ParsedOptions): Promise<number> {
  switch (options.kind) {
    case "help":
      process.stdout.write(HELP);
      return 0;
    case "faults":
      process.stderr.write(`${options.faults.join("\n")}\n`);
      return 2;
    case "run":
      return run(options);
  }
}

async function run({
  simulation: options,
  durationMs,
  quiet,
}: Extract<ParsedOptions, { kind: "run" }>): Promise<number> {
  const live = process.stdout.isTTY && !quiet;
  const say = (line: string) => {
    if (!quiet) process.stdout.write(live ? `\r\x1b[K${line}\n` : `${line}\n`);
  };
  sayWhoPlays(options, say);
  const simulation = startSimulation({ ...options, utcOffsetMinutes: -new Date().getTimezoneOffset(), onNotice: say });
  const showing = quiet ? undefined : showProgress(simulation, live);
  await endOf(simulation, durationMs);
  clearInterval(showing);
  const summary = await simulation.stop();
  if (live) process.stdout.write("\r\x1b[K");
  process.stdout.write(`${finalTable(summary)}`);
  for (const line of disconnectAdvice(summary.errors)) process.stdout.write(`\n${line}\n`);
  if (summary.everConnected) return 0;
  process.stderr.write(`\n${neverConnected(options, summary)}\n`);
  return 1;
}

function sayWhoPlays(options: SimulationOptions, say: (line: string) => void): void {
  const { family = "native" } = options;
  const noun = family === "native" ? "station" : "board";
  say(
    `${options.devices} ${options.devices === 1 ? noun : `${noun}s`}${family === "native" ? "" : ` (${family})`} → ${addressText(options.address)}, one reading every ${durationText(options.intervalMs)}`,
  );
  for (const { deviceId, scenario } of assignScenarios({
    ...options,
    devices: sharesOf(family, options.devices).native,
  }))
    if (scenario !== undefined) say(`${deviceId} plays ${scenario}`);
}

function showProgress(simulation: Simulation, live: boolean): NodeJS.Timeout {
  let earlier: Summary | undefined;
  return setInterval(
    () => {
      const summary = simulation.summary();
      const line = summaryLine(summary, earlier);
      process.stdout.write(live ? `\r\x1b[K${line.slice(0, (process.stdout.columns || 80) - 1)}` : `${line}\n`);
      earlier = summary;
    },
    live ? TERMINAL_LINE_MS : LOG_LINE_MS,
  );
}

/** The duration is over, someone pressed Ctrl-C, or there is nobody to talk to. A second Ctrl-C ends the process at once. */
function endOf(simulation: Simulation, durationMs: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = () => {
      if (asked) process.exit(130);
      asked = true;
      end();
    };
    const over = durationMs === undefined ? undefined : setTimeout(end, durationMs);
    const giveUp = setTimeout(() => simulation.summary().everConnected || end(), GIVE_UP_AFTER_MS);
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);

    function end(): void {
      clearTimeout(over);
      clearTimeout(giveUp);
      resolve();
    }
  });
}

function neverConnected({ address }: SimulationOptions, { errors }: Summary): string {
  return `No station could connect to ${addressText(address)}. ${connectAdvice(errors)}`;
}
