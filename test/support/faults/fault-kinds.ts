/** The faults of the campaign: how each begins and ends, and what the hub must say meanwhile. Knows no order of them. */
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { expect } from "vitest";
import type { Asker } from "../hub/access-world.ts";
import { runCommand } from "../hub/command.ts";
import type { FaultyHub } from "../hub/faulty-hub.ts";
import { tempDir } from "../hub/hub.ts";
import { fillFile } from "../hub/small-disk.ts";
import type { CampaignLoad } from "../load/campaign-load.ts";
import { type Besieger, besiege } from "../load/siege.ts";
import type { Random } from "../random.ts";
import { readTools } from "../tools.ts";
import { until } from "../until.ts";

export interface FaultWorld {
  readonly hub: FaultyHub;
  readonly owner: Asker;
  readonly load: CampaignLoad;
  readonly random: Random;
}

/** Settles when the fault is over. */
type End = () => Promise<void> | void;

export interface FaultKind {
  readonly name: string;
  /** Why this machine cannot have it; undefined: it can. */
  unavailable(hub: FaultyHub): string | undefined;
  begin(world: FaultWorld): Promise<End> | End;
  /** What `/readyz` names while it lasts. */
  readonly said?: string;
  /** It may come on top of another one. */
  readonly mayJoin?: true;
  /** The hub answers nobody while it lasts. */
  readonly isMute?: true;
  /** `before`: it needs readings that are not compressed yet; `after`: by its clock the hub compresses them. */
  readonly ofCompression?: "before" | "after";
}

/** A device that has one reading, with this text in it. */
export const RELIC = "relic";
export const RELIC_NOTE = '"note":"to be damaged"';
const DAMAGED_NOTE = '"note":"to be dam\0\0\0"\0';

const anywhere = (): undefined => undefined;
const withStrace = (): string | undefined =>
  readTools().strace === undefined ? "it takes strace, which is for Linux" : undefined;

/** Refused, unfinished or no requests at all; what follows them is a RST, or nothing. */
const STRANGERS: readonly { readonly to: "http" | "mqtt" | "control"; readonly bytes: string }[] = [
  { to: "http", bytes: "GET /nope HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n" },
  {
    to: "http",
    bytes:
      "GET /mqtt HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  },
  { to: "http", bytes: "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" },
  { to: "http", bytes: "POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{" },
  { to: "http", bytes: "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\n\r\n" },
  { to: "http", bytes: "GET /api/export HTTP/1.1\r\nHost: loc" },
  { to: "mqtt", bytes: "\x10\x20\x00\x04MQTT" },
  { to: "mqtt", bytes: "\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04evil" },
  { to: "mqtt", bytes: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" },
  { to: "mqtt", bytes: "" },
  { to: "control", bytes: "GET /nope HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n" },
];
const CONTROL_SOCKET = "aerie.sock";

function callIn({ hub, random }: FaultWorld): { reset(): void; leave(): void } {
  const { to, bytes } = random.pick(STRANGERS);
  if (to === "control") {
    const socket = connect(path.join(hub.dataDir, CONTROL_SOCKET)).on("error", () => undefined);
    socket.write(bytes);
    return { reset: () => void socket.destroy(), leave: () => void socket.destroy() };
  }
  const port = to === "http" ? hub.httpPort : hub.mqttPort;
  const stranger: Besieger = besiege(hub, port, Buffer.from(bytes, "latin1"));
  return {
    reset: () => void stranger.socket.resetAndDestroy(),
    leave: () => void stranger.socket.destroy(),
  };
}

async function linesDropped(owner: Asker): Promise<number> {
  const { status, text } = await owner.ask("/metrics");
  expect(status, text).toBe(200);
  return Number(/^aerie_log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
}

/** Each tick until it is over. */
function repeat(everyMs: number, run: () => void): End {
  const timer = setInterval(run, everyMs);
  return () => clearInterval(timer);
}

const disk = (which: "data" | "log" | "backup"): Pick<FaultKind, "unavailable"> => ({
  unavailable: ({ disks }) => {
    const { fault } = disks[which];
    return fault && `no disk of its own can be mounted here: ${fault}`;
  },
});

/** Of the store alone: descriptors of sockets must not be met. */
const onStore = ({ hub }: FaultWorld): string[] =>
  ["aerie.db", "aerie.db-wal"].flatMap((name) => ["-P", path.join(hub.dataDir, name)]);

const askForRelic = ({ owner }: FaultWorld): ReturnType<Asker["ask"]> =>
  owner.ask(`/api/devices/${RELIC}/readings?from=2020-01-01T00:00:00Z`);

/** Bytes of a reading that nobody promised anything of, in the page of the store's file where it lies. */
function damageRelic({ hub }: FaultWorld): End {
  const file = openSync(path.join(hub.dataDir, "aerie.db"), "r+");
  const at = readFileSync(file).indexOf(RELIC_NOTE);
  expect(at, "the reading that is to be damaged lies in the file").toBeGreaterThanOrEqual(0);
  const write = (text: string): void => void writeSync(file, text, at);
  write(DAMAGED_NOTE);
  return () => {
    // Unless the page was written again meanwhile: then something else may lie there.
    if (readFileSync(path.join(hub.dataDir, "aerie.db")).indexOf(DAMAGED_NOTE) === at) write(RELIC_NOTE);
    closeSync(file);
  };
}

export const FAULT_KINDS: readonly FaultKind[] = [
  {
    name: "connections reset",
    unavailable: anywhere,
    mayJoin: true,
    begin: (world) => {
      const stop = repeat(50, () => {
        const { reset } = callIn(world);
        setTimeout(reset, world.random.whole(20));
        if (world.random.chance(0.2)) world.load.reset(() => world.random.chance(0.5));
      });
      return stop;
    },
  },
  {
    name: "half-open connections",
    unavailable: anywhere,
    mayJoin: true,
    begin: (world) => {
      const strangers = Array.from({ length: 100 }, () => callIn(world));
      return () => {
        for (const { reset, leave } of strangers) world.random.chance(0.5) ? reset() : leave();
      };
    },
  },
  {
    name: "no file descriptors",
    unavailable: () => spawnSync("prlimit", ["--version"]).error && "it takes prlimit of util-linux",
    begin: ({ hub, load }) => {
      hub.limitDescriptors(hub.descriptors());
      load.reset(() => true);
      return () => hub.limitDescriptors(undefined);
    },
  },
  {
    name: "full disk of data",
    ...disk("data"),
    mayJoin: true,
    begin: ({ hub }) => {
      hub.disks.data.fill();
      return hub.disks.data.free;
    },
  },
  {
    name: "full disk of the log",
    ...disk("log"),
    mayJoin: true,
    begin: async ({ hub, owner }) => {
      const before = await linesDropped(owner);
      hub.disks.log.fill();
      fillFile(hub.logFile);
      // Each backup is logged, also one that fails because of another fault. The text of /metrics may be a second old.
      await until(
        "a line is dropped and counted",
        async () => {
          await runCommand("backup", path.join(tempDir(), "copy"), "-d", hub.dataDir);
          return (await linesDropped(owner)) > before;
        },
        { withinMs: 30_000, everyMs: 500 },
      );
      return hub.disks.log.free;
    },
  },
  {
    name: "full disk of a backup",
    ...disk("backup"),
    begin: async ({ hub, random }) => {
      const file = path.join(hub.disks.backup.dir, `backup-${random.whole(1e9)}`);
      hub.disks.backup.fill();
      const { exitCode, stderr } = await runCommand("backup", file, "-d", hub.dataDir);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("free disk space") });
      return hub.disks.backup.free;
    },
  },
  {
    name: "I/O errors when the store's disk is written",
    unavailable: withStrace,
    said: "store",
    begin: (world) =>
      world.hub.trace(...onStore(world), "-e", "trace=pwrite64,fsync", "-e", "inject=pwrite64,fsync:error=EIO"),
  },
  {
    name: "I/O errors when the store's disk is read",
    unavailable: withStrace,
    said: "disk errors",
    begin: async (world) => {
      const end = await world.hub.trace(...onStore(world), "-e", "trace=pread64", "-e", "inject=pread64:error=EIO");
      // What is in memory is served all the same, until the next commit.
      await until("a reading cannot be read", async () => (await askForRelic(world)).status === 503);
      return end;
    },
  },
  {
    name: "slow disk of the store",
    unavailable: withStrace,
    begin: (world) => {
      const delayUs = 1_000 * (50 + world.random.whole(400));
      return world.hub.trace(...onStore(world), "-e", "trace=fsync", "-e", `inject=fsync:delay_enter=${delayUs}`);
    },
  },
  {
    name: "clock a little off",
    unavailable: anywhere,
    said: "clock",
    begin: ({ hub, random }) => {
      hub.stepClock(random.pick([-3_600_000, -120_000, 120_000, 3_600_000]));
      return () => hub.stepClock(0);
    },
  },
  {
    name: "clock forty days ahead",
    ofCompression: "after",
    unavailable: anywhere,
    said: "clock",
    begin: ({ hub }) => {
      hub.stepClock(40 * 86_400_000);
      return () => hub.stepClock(0);
    },
  },
  {
    name: "stopped process",
    isMute: true,
    unavailable: anywhere,
    begin: ({ hub }) => {
      process.kill(hub.pid, "SIGSTOP");
      return () => void process.kill(hub.pid, "SIGCONT");
    },
  },
  {
    name: "damaged bytes in the store's file",
    ofCompression: "before",
    said: "history",
    unavailable: anywhere,
    begin: async (world) => {
      const end = damageRelic(world);
      const { status, text } = await askForRelic(world);
      expect(status, text).toBe(200);
      return end;
    },
  },
];
