/** Reads what `strace -f -y -xx` wrote: which call began and ended when, on which file, with which bytes. */

export interface SystemCall {
  readonly name: string;
  /** What its file descriptor stands for: a path, or such as `socket:[4711]`. */
  readonly file: string;
  /** What was read or written, as far as strace shows it. */
  readonly bytes: Buffer;
  /** Lines of the log: the order in which things happened in all threads. */
  readonly beganAt: number;
  readonly endedAt: number;
}

/** The flags that `parseTrace` understands the output of. */
export const straceFlags = (output: string): string[] => [
  "-f",
  "-y",
  "-xx",
  "-s",
  "64",
  "-e",
  "trace=fdatasync,fsync,write,writev,pwrite64,sendto,sendmsg,recvfrom,read",
  "-o",
  output,
];

const UNFINISHED = " <unfinished ...>";

/** One call as strace wrote it, put together where other threads came between its beginning and its end. */
export interface TracedCall {
  /** `name(arguments) = result` */
  readonly text: string;
  /** Lines of the log. */
  readonly beganAt: number;
  readonly endedAt: number;
  /** Epoch ms, where strace was told `-ttt`. */
  readonly beganMs: number;
  readonly endedMs: number;
}

/** In the order in which they ended. */
export function* tracedCalls(lines: Iterable<string>): Generator<TracedCall> {
  const unfinished = new Map<string, TracedCall>();
  let at = -1;
  for (const line of lines) {
    at += 1;
    const [, thread = "", seconds = "0", text = ""] = /^(\d+)\s+(?:(\d+\.\d+) )?(.*)$/.exec(line) ?? [];
    const ms = Number(seconds) * 1_000;
    if (text.endsWith(UNFINISHED)) {
      const begin = text.slice(0, -UNFINISHED.length);
      unfinished.set(thread, { text: begin, beganAt: at, endedAt: at, beganMs: ms, endedMs: ms });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    const begin = resumed === null ? undefined : unfinished.get(thread);
    const { beganAt = at, beganMs = ms } = begin ?? {};
    yield { text: `${begin?.text ?? ""}${resumed?.[1] ?? text}`, beganAt, endedAt: at, beganMs, endedMs: ms };
  }
}

export function parseTrace(log: string): SystemCall[] {
  return [...tracedCalls(log.split("\n"))].flatMap((call) => parseCall(call) ?? []);
}

function parseCall({ text, beganAt, endedAt }: TracedCall): SystemCall | undefined {
  const match = /^(\w+)\(\d+<([^>]*)>(.*)$/.exec(text);
  if (match === null) return undefined;
  const [, name = "", file = "", rest = ""] = match;
  const shown = [...rest.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = ""]) => bytesOf(hex));
  return { name, file: bytesOf(file).toString(), bytes: Buffer.concat(shown), beganAt, endedAt };
}

/** What `-xx` shows of bytes. */
export const bytesOf = (shown: string): Buffer => Buffer.from(shown.replaceAll("\\x", ""), "hex");
