/** What stdout and stderr do has no effect on the hub: full, closed or read by nobody. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { connectRaw } from "../../support/clients/raw-client.ts";
import { compareAll, NO_DIFFERENCES } from "../../support/history/stored-sequences.ts";
import { type HubAddress, runServer, SERVER_ENTRY, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { freePort } from "../../support/network.ts";
import { PINGREQ_PACKET, PINGRESP, publishPacket } from "../../support/packets/packets.ts";
import { readTools } from "../../support/tools.ts";
import { until } from "../../support/until.ts";

const TERMINAL = path.join(import.meta.dirname, "..", "..", "support", "hub", "unread-terminal.py");
/** `ulimit -f` counts in these. */
const BLOCK_BYTES = 512;
const LIMIT_BYTES = 20_000_000 - (20_000_000 % BLOCK_BYTES);

/** A shell's line that redirects and becomes the hub; $0: a file, or a pipe. */
const toShell = (script: string, target: () => string) => (): readonly string[] => [
  "sh",
  "-c",
  `${script}; exec "$@"`,
  target(),
];

/** How a hub is started, the signal that stops it, and what is to be seen of dropped lines: in the metrics, and on stderr. */
interface Kind {
  readonly wrapper: () => readonly string[];
  readonly signal: NodeJS.Signals;
  readonly drops: boolean;
  readonly isSaid: boolean;
}

const KINDS: { readonly [what: string]: Kind } = {
  "a full device, and stderr too": {
    wrapper: toShell("exec >/dev/full 2>&1", tempDir),
    signal: "SIGTERM",
    drops: true,
    isSaid: false,
  },
  "a pipe whose reader is gone": {
    wrapper: toShell('exec 3<>"$0" >"$0" 3>&-', fifo),
    signal: "SIGHUP",
    drops: true,
    isSaid: true,
  },
  "a full pipe that nobody reads, and stderr too": {
    wrapper: toShell('exec >"$0" 2>&1', fullFifo),
    signal: "SIGQUIT",
    drops: false,
    isSaid: false,
  },
  "a full terminal that nobody reads": {
    wrapper: () => [readTools().pahoPython, TERMINAL],
    signal: "SIGTERM",
    drops: false,
    isSaid: false,
  },
};

test("the hub starts, serves and stops in order whatever becomes of its log, and QoS 0 readings that wait are stored", async () => {
  const seen = await Promise.all(Object.entries(KINDS).map(([what, kind]) => liveWith(what, kind)));

  for (const { what, kind, code, stopMs, dropped, words, dataDir } of seen) {
    const hub = await startHub({ settings: { dataDir } });
    expect([what, code, await compareAll(hub, "board", SENT)]).toEqual([what, 0, NO_DIFFERENCES]);
    const said = words.match(/The log cannot be written/g)?.length ?? 0;
    expect([what, dropped > 0, said]).toEqual([what, kind.drops, kind.isSaid ? 1 : 0]);
    expect(stopMs, what).toBeLessThan(5_000);
  }
});

test("a log file that can grow again says how many lines were dropped", async () => {
  const target = path.join(tempDir(), "log");
  writeFileSync(target, "");
  truncateSync(target, LIMIT_BYTES);
  const script = `ulimit -f ${LIMIT_BYTES / BLOCK_BYTES}; exec >>"$0"`;
  const { server, hub } = await startOn(toShell(script, () => target)());
  const dropped = await droppedOf(hub);

  truncateSync(target);
  const code = await server.kill("SIGHUP");

  const lines = readFileSync(target, "utf8").trim().split("\n");
  const records = lines.map((line) => JSON.parse(line) as { msg: string; count?: number });
  expect(code).toBe(0);
  expect(dropped).toBeGreaterThan(1);
  expect(records.map(({ msg }) => msg)).toEqual(["stopping", "log lines dropped", "stopped"]);
  expect(records[1]?.count).toBe(dropped);
});

test("a pipe that nobody reads costs a bounded number of lines, and the rest comes in order once somebody reads", async () => {
  const pipe = fifo();
  const fd = openSync(pipe, constants.O_RDWR);
  const child = spawn(process.execPath, ["--input-type=module", "-e", CHATTERBOX], { stdio: ["ignore", fd, "pipe"] });
  const [said] = await once(child.stderr ?? expect.fail("no stderr"), "data");
  const { dropped, tookMs } = JSON.parse(String(said)) as { dropped: number; tookMs: number };

  const reader = spawn("cat", [pipe], { stdio: ["ignore", "pipe", "inherit"] });
  closeSync(fd);
  const records = (await text(reader.stdout))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { msg: string; seq?: number; count?: number });

  const kept = records.filter(({ msg }) => msg === "chatter").map(({ seq }) => seq);
  expect(kept).toEqual(Array.from({ length: CHATTER - dropped }, (_, seq) => seq));
  expect(records.at(-1)).toMatchObject({ msg: "log lines dropped", count: dropped });
  expect(kept.length).toBeGreaterThan(5_000);
  expect(dropped).toBeGreaterThan(5_000);
  expect(tookMs).toBeLessThan(5_000);
});

const CHATTER = 50_000;
const moduleOf = (name: string): string =>
  JSON.stringify(pathToFileURL(path.join(path.dirname(SERVER_ENTRY), "platform", `${name}.js`)).href);
/** Logs more than anybody may leave unread, says on stderr how that went, and ends when all that waits is read. */
const CHATTERBOX = `
  import { createLog } from ${moduleOf("log")};
  import { systemClock as clock } from ${moduleOf("clock")};
  const log = createLog({ level: "info", text: false, clock, onFirstDrop: () => undefined });
  const startedMs = performance.now();
  for (let seq = 0; seq < ${CHATTER}; seq++) log.info("chatter", { seq });
  const tookMs = performance.now() - startedMs;
  setTimeout(() => {
    process.stderr.write(JSON.stringify({ dropped: log.dropped(), tookMs }));
    void log.flush(20_000);
  }, 100);
`;

const SENT = Array.from({ length: 50 }, (_, seq) => seq);

async function startOn(wrapper: readonly string[]) {
  const [httpPort, mqttPort] = [await freePort(), await freePort()];
  const dataDir = tempDir();
  const args = ["--http-port", String(httpPort), "--mqtt-port", String(mqttPort), "--data-dir", dataDir];
  const server = runServer({ wrapper, args: [...args, "--commit-interval-ms", "60000"] });
  const [host, mqttHost] = ["127.0.0.1", "127.0.0.1"];
  const urls = { url: `http://${host}:${httpPort}`, mqttUrl: `mqtt://${host}:${mqttPort}`, wsUrl: "" };
  const hub: HubAddress = { ...urls, httpPort, mqttPort, host, mqttHost };
  await until("the hub serves", async () => (await ask(hub, "/readyz")).status === 200, { withinMs: 20_000 });
  return { server, hub, dataDir };
}

async function liveWith(what: string, kind: Kind) {
  const { server, hub, dataDir } = await startOn(kind.wrapper());
  const board = await connectRaw(hub, { clientId: "board" });
  const packetOf = (seq: number): Buffer =>
    publishPacket({ topic: "devices/board/telemetry", payload: JSON.stringify({ seq }) });
  board.send(...SENT.map(packetOf), PINGREQ_PACKET);
  await board.packets(PINGRESP, 1); // so the hub has read what came before
  const dropped = await droppedOf(hub);
  const askedAtMs = performance.now();
  const code = await server.kill(kind.signal);
  return { what, kind, code, stopMs: performance.now() - askedAtMs, dropped, words: server.stderr(), dataDir };
}

const droppedOf = async (hub: HubAddress): Promise<number> =>
  Number(/^aerie_log_lines_dropped_total (\d+)$/m.exec((await ask(hub, "/metrics")).text)?.[1]);

function fifo(): string {
  const file = path.join(tempDir(), "pipe");
  execFileSync("mkfifo", [file]);
  return file;
}

/** Held open for reading. */
function fullFifo(): string {
  const file = fifo();
  const fd = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(fd));
  while (takes(fd, "x".repeat(4_096)));
  return file;
}

function takes(fd: number, bytes: string): boolean {
  try {
    return writeSync(fd, bytes) > 0;
  } catch {
    return false;
  }
}
