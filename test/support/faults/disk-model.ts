/**
 * What a disk may hold after a power cut, by the calls that came before it. Knows nothing of hubs.
 *
 * The model promises no more than POSIX does:
 * - What an fsync or fdatasync covers (all that ended before it began) is there once it has returned.
 * - Of a file's other writes each 512-byte sector (or each 4096-byte block: it differs from cut to cut) holds any of the
 *   states that it went through since the last fsync. Sectors are written whole or not at all, in any order.
 * - The size of a file is any that it had since then; what lies within and was not written is zero.
 * - A name that was made, replaced or removed since the last fsync of its directory may be so or as before. Calls on the
 *   same name keep their order, others do not; a rename is done whole or not at all. An fsync of a file says nothing of
 *   its name, nor of other files.
 *
 * Real file systems are kinder: ext4 (data=ordered) and XFS journal all metadata in order and commit earlier names with
 * any fsync, and btrfs makes the name of a fsynced file durable. So whatever a real cut leaves on these is among what this
 * model may leave, but for disks that lie about their cache or tear a sector.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Random } from "../random.ts";
import type { DiskCall } from "./disk-calls.ts";

const SECTOR = 512;
const BLOCK = 4_096;

interface Change {
  readonly endedAt: number;
  /** Undefined: the size is changed, and what lies behind it is zero. */
  readonly bytes: Buffer | undefined;
  /** Of the bytes, or the new size. */
  readonly at: number;
}

class FileState {
  readonly isDirectory: boolean;
  /** What is on disk for sure; longer than `size` allows for more. */
  content: Buffer = Buffer.alloc(0);
  size = 0;
  pending: Change[] = [];
  constructor(isDirectory: boolean) {
    this.isDirectory = isDirectory;
  }
}

/** Names that are given (or taken away: undefined) together. */
interface Naming {
  readonly endedAt: number;
  readonly names: ReadonlyMap<string, FileState | undefined>;
}

export interface DiskModel {
  /** In the order of the trace; a sync is effective where it ended. */
  apply(call: DiskCall, phase: "begin" | "end"): void;
  /** Writes one of the states that a cut now may leave, below the directory of which the calls were recorded, as `to`. */
  cut(random: Random, to: string): void;
}

/** `directory` exists durably before the first call, and is empty. */
export function createDiskModel(directory: string): DiskModel {
  /** By path, as the running hub sees them. */
  const live = new Map<string, FileState>();
  const durable = new Map<string, FileState>();
  let namings: Naming[] = [];

  function fileOf(name: string): FileState {
    const file = live.get(name);
    if (file === undefined) throw new Error(`the trace has a call on ${name}, which nobody made`);
    return file;
  }

  function name(endedAt: number, ...names: [string, FileState | undefined][]): void {
    for (const [each, file] of names) {
      if (file === undefined) live.delete(each);
      else live.set(each, file);
    }
    namings.push({ endedAt, names: new Map(names) });
  }

  function begin(call: DiskCall): void {
    const { file, endedAt } = call;
    switch (call.kind) {
      case "write":
        fileOf(file).pending.push({ endedAt, bytes: call.bytes, at: call.offset });
        break;
      case "truncate":
        fileOf(file).pending.push({ endedAt, bytes: undefined, at: call.size });
        break;
      case "create":
        name(endedAt, [file, new FileState(call.isDirectory)]);
        break;
      case "rename":
        if (!isSocket(file)) name(endedAt, [file, undefined], [call.to, fileOf(file)]);
        break;
      case "remove":
        if (!isSocket(file)) name(endedAt, [file, undefined]);
    }
  }

  /** It was not made by open, and holds nothing. */
  const isSocket = (file: string): boolean => !live.has(file) && /\.sock(\.new)?$/.test(file);

  function end(call: DiskCall): void {
    if (call.kind !== "sync") return;
    const isCovered = ({ endedAt }: { endedAt: number }): boolean => endedAt < call.beganAt;
    if (call.file === directory || live.get(call.file)?.isDirectory === true) {
      const isIn = ({ names }: Naming): boolean => [...names.keys()].some((each) => path.dirname(each) === call.file);
      for (const naming of namings) if (isCovered(naming) && isIn(naming)) take(durable, naming);
      namings = namings.filter((naming) => !(isCovered(naming) && isIn(naming)));
      return;
    }
    const file = fileOf(call.file);
    for (const change of file.pending) if (isCovered(change)) settle(file, change);
    file.pending = file.pending.filter((change) => !isCovered(change));
  }

  return {
    apply: (call, phase) => (phase === "begin" ? begin(call) : end(call)),
    cut: (random, to) => {
      const names = new Map(durable);
      const luck = luckOf(random);
      /** Of which a call did not reach the disk: no later one on the same name does. */
      const lost = new Set<string>();
      for (const naming of namings) {
        const isLost = [...naming.names.keys()].some((each) => lost.has(each)) || !random.chance(luck.survives);
        if (isLost) for (const each of naming.names.keys()) lost.add(each);
        else take(names, naming);
      }
      write(to, names, (file) => contentAfterCut(file, random, luck));
    },
  };

  function write(to: string, names: ReadonlyMap<string, FileState>, contentOf: (file: FileState) => Buffer): void {
    mkdirSync(to, { recursive: true });
    const isThere = (each: string): boolean =>
      each === directory || (names.get(each)?.isDirectory === true && isThere(path.dirname(each)));
    for (const [each, file] of [...names].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!isThere(path.dirname(each))) continue;
      const place = path.join(to, path.relative(directory, each));
      if (file.isDirectory) mkdirSync(place, { mode: 0o700 });
      else writeFileSync(place, contentOf(file), { mode: 0o600 });
    }
  }
}

function take(names: Map<string, FileState>, naming: Naming): void {
  for (const [name, file] of naming.names) {
    if (file === undefined) names.delete(name);
    else names.set(name, file);
  }
}

interface Luck {
  /** The share of what is not synced that reaches the disk. */
  readonly survives: number;
  /** What is written whole, or not. */
  readonly grain: number;
}

/** Nothing unsynced, all of it, or some. */
function luckOf(random: Random): Luck {
  const survives = random.pick([0, 1, random.next(), random.next()]);
  return { survives, grain: random.pick([SECTOR, BLOCK]) };
}

/** Makes a change part of what is on disk for sure. */
function settle(file: FileState, { bytes, at }: Change): void {
  if (bytes === undefined) {
    file.content.fill(0, Math.min(at, file.content.length));
    file.size = at;
    return;
  }
  file.content = grown(file.content, at + bytes.length);
  bytes.copy(file.content, at);
  file.size = Math.max(file.size, at + bytes.length);
}

function contentAfterCut(file: FileState, random: Random, { survives, grain }: Luck): Buffer {
  let content: Buffer = Buffer.from(file.content);
  let size = file.size;
  /** In what it should be, which decides the sizes that it had. */
  let liveSize = file.size;
  let isSizeLost = false;
  /** Grains that did not take a change take no later one. */
  const lost = new Set<number>();
  const takes = (grainAt: number): boolean => {
    if (!lost.has(grainAt) && !random.chance(survives)) lost.add(grainAt);
    return !lost.has(grainAt);
  };
  for (const { bytes, at } of file.pending) {
    const end = bytes === undefined ? Math.max(liveSize, content.length) : at + bytes.length;
    content = grown(content, end);
    for (let from = at; from < end; from = (Math.floor(from / grain) + 1) * grain) {
      const to = Math.min((Math.floor(from / grain) + 1) * grain, end);
      if (!takes(Math.floor(from / grain))) continue;
      if (bytes === undefined) content.fill(0, from, to);
      else bytes.copy(content, from, from - at, to - at);
    }
    const newSize = bytes === undefined ? at : Math.max(liveSize, end);
    if (newSize === liveSize) continue;
    liveSize = newSize;
    isSizeLost ||= !random.chance(survives);
    if (!isSizeLost) size = newSize;
  }
  return grown(content, size).subarray(0, size);
}

/** At least so long, with zeros; with room for more, since files grow by small writes. */
function grown(content: Buffer, length: number): Buffer {
  if (content.length >= length) return content;
  const longer = Buffer.alloc(Math.max(length, content.length * 2));
  content.copy(longer);
  return longer;
}
