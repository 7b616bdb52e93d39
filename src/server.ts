#!/usr/bin/env -S node --max-semi-space-size=32
/** The entry of the command `aerie`: starts the hub and ends the process with its exit code, or runs a command of `cli/`. */
// Messages that wait for their commit outlive V8's usual young generation of 16 MB and are copied again and again. With 32 MB
// the garbage collector's threads take half the time for a reading. `npm start` and `npm run bench` set the same option.
import { type ConfigResult, readConfig, withUnclaimed } from "./config/read-config.ts";
import type { Config } from "./config/settings.ts";
import { StartError } from "./core/model/start-error.ts";
import { readBuild } from "./platform/build.ts";
import { systemClock } from "./platform/clock.ts";
import { hearOutputs } from "./platform/closed-output.ts";
import { createLineOutput } from "./platform/line-output.ts";
import { addressesOf, hostInUrl } from "./platform/own-hosts.ts";
import { createProcessEnd, FLUSH_WITHIN_MS } from "./platform/process-end.ts";

const [command = "", ...rest] = process.argv.slice(2);
if (command === "start") await start(rest);
else if (command === "" || isFlagOfHub(command)) await start(process.argv.slice(2));
else {
  const { runCommand } = await import("./cli/run-command.ts"); // the hub does without it
  process.exitCode = await runCommand(process.argv.slice(2));
}

/** Flags without a command start the hub. */
function isFlagOfHub(word: string): boolean {
  return word.startsWith("-") && !["-h", "--help", "-V", "--version"].includes(word);
}

async function start(args: readonly string[]): Promise<void> {
  const settings = readConfig(args);
  switch (settings.kind) {
    case "help":
      hearOutputs();
      process.stdout.write(settings.text);
      break;
    case "faults":
      process.stderr.write(
        `The settings are invalid:\n${settings.faults.map((fault) => `  ${fault}\n`).join("")}See aerie start --help.\n`,
      );
      process.exitCode = 2;
      break;
    case "config": {
      const hasTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
      await run({ ...settings, config: withUnclaimed(settings.config, hasTerminal) });
    }
  }
}

async function run({ config, given }: Extract<ConfigResult, { kind: "config" }>): Promise<void> {
  const build = readBuild();
  const { createLog } = await import("./platform/log.ts"); // commands do without it
  const { write: say, flush: flushMessages } = createLineOutput({ fd: 2, clock: systemClock });
  const log = createLog({
    level: config.logLevel,
    text: process.stdout.isTTY === true,
    clock: systemClock,
    onFirstDrop: (reason) =>
      say(`The log cannot be written (${reason}). Lines are dropped and counted (aerie_log_lines_dropped_total).\n`),
  });
  const flush = async (withinMs: number): Promise<void> => {
    await Promise.all([log.flush(withinMs), flushMessages(withinMs)]);
  };
  const end = createProcessEnd({ clock: systemClock, log, flush, say });
  log.info("starting", { version: build.version, dataDir: config.dataDir, node: process.version });
  if (config.auth === "off-and-public") log.warn("open to everybody who reaches it: there are no accounts");
  try {
    const { openHub } = await import("./hub/hub.ts"); // commands do without it
    const onFatal = (cause: Error): void => end.giveUp("the hub cannot continue", cause);
    const options = { config, given, clock: systemClock, log, logLinesDropped: log.dropped, build, onFatal };
    const hub = await end.closes(openHub(options));
    const scheme = config.tlsCert === "" ? "http" : "https";
    const http = `${scheme}://${hostInUrl(config.httpHost)}:${hub.httpPort}`;
    const mqtt = `mqtt://${hostInUrl(config.mqttHost)}:${hub.mqttPort}`;
    const mqtts =
      hub.mqttsPort === undefined ? {} : { mqtts: `mqtts://${hostInUrl(config.mqttHost)}:${hub.mqttsPort}` };
    if (hub.setupCode !== undefined) {
      say(setupLinks(config, scheme, hub.httpPort, hub.setupCode));
      if (hub.isUnclaimed) say(`${openUntilThen(scheme, hub.httpPort)}\n\n`);
    }
    log.info("listening", { http, mqtt, ...mqtts, mqttOverWebSocket: `${http.replace("http", "ws")}/mqtt` });
  } catch (error) {
    if (!(error instanceof StartError)) return end.giveUp("cannot start", error);
    log.error("cannot start", { reason: error.message });
    say(`${error.message}\n`);
    process.exitCode = error.exitCode;
    await flush(FLUSH_WITHIN_MS);
  }
}

/** They are printed to the terminal and never logged: the code is a secret. It makes one account, within half an hour. */
function setupLinks({ httpHost }: Config, scheme: string, port: number, code: string): string {
  const hosts = addressesOf(httpHost);
  const links = hosts.map((host) => `  ${scheme}://${hostInUrl(host)}:${port}/#/setup/${code}\n`).join("");
  const which = hosts.length === 1 ? "this link" : "one of these links";
  return `\nThis hub has no owner yet. Open ${which} within 30 minutes to make the first account:\n${links}\n`;
}

function openUntilThen(scheme: string, port: number): string {
  return `Until then the hub is open to this computer only: its programs and browsers may read and publish without an account (${scheme}://localhost:${port}).`;
}
