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

export function parseTrace(log: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, { text: string; beganAt: number }>();
  for (const [line, content] of log.split("\n").entries()) {
    const [, thread = "", text = ""] = /^(\d+)\s+(.*)$/.exec(content) ?? [];
    if (text.endsWith(UNFINISHED)) {
      unfinished.set(thread, { text: text.slice(0, -UNFINISHED.length), beganAt: line });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    const begin = resumed === null ? { text: "", beganAt: line } : unfinished.get(thread);
    const call = parseCall(`${begin?.text ?? ""}${resumed?.[1] ?? text}`, begin?.beganAt ?? line, line);
    if (call !== undefined) calls.push(call);
  }
  return calls;
}

function parseCall(text: string, beganAt: number, endedAt: number): SystemCall | undefined {
  const match = /^(\w+)\(\d+<([^>]*)>(.*)$/.exec(text);
  if (match === null) return undefined;
  const [, name = "", file = "", rest = ""] = match;
  const shown = [...rest.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = ""]) => bytesOf(hex));
  return { name, file: bytesOf(file).toString(), bytes: Buffer.concat(shown), beganAt, endedAt };
}

const bytesOf = (shown: string): Buffer => Buffer.from(shown.replaceAll("\\x", ""), "hex");
