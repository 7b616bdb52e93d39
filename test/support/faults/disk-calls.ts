/** What a hub asked of its disk, as strace saw it: writes with their bytes, names made and removed, and what was synced. */
import { bytesOf, type TracedCall, tracedCalls } from "./system-calls.ts";

/** A place in the trace: between the calls of all threads. */
interface Moment {
  readonly beganAt: number;
  readonly endedAt: number;
  readonly beganMs: number;
  readonly endedMs: number;
}

export type DiskCall = Moment &
  (
    | { readonly kind: "write"; readonly file: string; readonly offset: number; readonly bytes: Buffer }
    | { readonly kind: "truncate"; readonly file: string; readonly size: number }
    | { readonly kind: "sync"; readonly file: string }
    | { readonly kind: "create"; readonly file: string; readonly isDirectory: boolean }
    | { readonly kind: "rename"; readonly file: string; readonly to: string }
    | { readonly kind: "remove"; readonly file: string }
  );

const CALLS =
  "open,openat,creat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,fsync,fdatasync,sync_file_range,mkdir,mkdirat,copy_file_range,sendfile,splice,io_uring_setup";

/** What `diskCalls` reads. The bytes of a write must fit: SQLite writes pages of 4096, an access file is some KB. */
export const diskTraceFlags = (output: string): string[] => [
  "-f",
  "--seccomp-bpf",
  "-y",
  "-xx",
  "-ttt",
  "-s",
  "4194304",
  "-e",
  `trace=${CALLS}`,
  "-o",
  output,
];

/**
 * All calls on files below the directory, by their beginning. The index of SQLite's log in shared memory (`-shm`) is left
 * out: it is made again at every start. Throws where there is a call of which it would not know the effect.
 */
export function diskCalls(lines: Iterable<string>, directory: string): DiskCall[] {
  /** Where the next `write` of a file descriptor goes. */
  const offsets = new Map<number, number>();
  const known = new Set<string>();
  const calls: DiskCall[] = [];
  const isOurs = (file: string): boolean =>
    (file === directory || file.startsWith(`${directory}/`)) && !file.endsWith("-shm");

  for (const call of tracedCalls(lines)) {
    const { name, args, result } = split(call);
    if (name === "" || result.value < 0) continue;
    const moment = {
      beganAt: call.beganAt,
      endedAt: call.endedAt,
      beganMs: call.beganMs,
      endedMs: call.endedMs,
    };
    const add = (more: WithoutMoment): void => {
      if (isOurs(more.file)) calls.push({ ...moment, ...more });
    };
    const first = described(args);
    switch (name) {
      case "openat": {
        const { value: fd, file = "" } = result;
        offsets.set(fd, 0);
        if (!isOurs(file)) break;
        if (args.includes("O_APPEND")) throw new Error(`appending is not understood: ${file}`);
        if (args.includes("O_CREAT") && !known.has(file)) add({ kind: "create", file, isDirectory: false });
        else if (args.includes("O_TRUNC")) add({ kind: "truncate", file, size: 0 });
        known.add(file);
        break;
      }
      case "write":
      case "pwrite64": {
        if (!isOurs(first.file)) break;
        const bytes = shownBytes(args).subarray(0, result.value);
        if (bytes.length < result.value) throw new Error(`a write of ${result.value} bytes is not shown whole`);
        const isPlaced = name === "pwrite64";
        const offset = isPlaced ? Number(/(\d+)$/.exec(args)?.[1]) : (offsets.get(first.fd) ?? 0);
        if (!isPlaced) offsets.set(first.fd, offset + bytes.length);
        add({ kind: "write", file: first.file, offset, bytes });
        break;
      }
      case "ftruncate":
        add({ kind: "truncate", file: first.file, size: Number(/(\d+)$/.exec(args)?.[1]) });
        break;
      case "fsync":
      case "fdatasync":
        add({ kind: "sync", file: first.file });
        break;
      case "mkdir":
      case "mkdirat":
        known.add(lastPath(args));
        add({ kind: "create", file: lastPath(args), isDirectory: true });
        break;
      case "rename":
      case "renameat":
      case "renameat2": {
        const [from = "", to = ""] = paths(args);
        known.delete(from);
        known.add(to);
        add({ kind: "rename", file: from, to });
        break;
      }
      case "unlink":
      case "unlinkat":
        known.delete(lastPath(args));
        add({ kind: "remove", file: lastPath(args) });
        break;
      default:
        if ([first.file, ...paths(args)].some(isOurs))
          throw new Error(`${name} is not understood: ${args.slice(0, 200)}`);
    }
  }
  return calls.sort((a, b) => a.beganAt - b.beganAt);
}

type WithoutMoment = DiskCall extends infer Call ? (Call extends Moment ? Omit<Call, keyof Moment> : never) : never;

function split({ text }: TracedCall): { name: string; args: string; result: { value: number; file?: string } } {
  const [, name = "", args = "", value = "", file] = /^(\w+)\((.*)\)\s+= (-?\d+)(?:<([^>]*)>)?/s.exec(text) ?? [];
  return { name, args, result: { value: Number(value), ...(file !== undefined && { file: textOf(file) }) } };
}

/** `23</path>` at the beginning. */
function described(args: string): { fd: number; file: string } {
  const [, fd = "-1", file = "", deleted] = /^(\d+)<([^>]*)>(\(deleted\))?/.exec(args) ?? [];
  return { fd: Number(fd), file: deleted === undefined ? textOf(file) : "" };
}

const QUOTED = /"([^"]*)"/g;
const textOf = (hex: string): string => bytesOf(hex).toString();
const shownBytes = (args: string): Buffer =>
  Buffer.concat([...args.matchAll(QUOTED)].map(([, hex = ""]) => bytesOf(hex)));
const paths = (args: string): string[] => [...args.matchAll(QUOTED)].map(([, hex = ""]) => textOf(hex));
const lastPath = (args: string): string => paths(args).at(-1) ?? "";
