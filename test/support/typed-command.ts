/** Starts a command as somebody types it in a terminal: in a process group of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";

export interface TypedCommand {
  readonly child: ChildProcess;
  /** What it wrote to both of its outputs. */
  said(): string;
  /** Exit code or signal. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** To it, and to all that it has started in its group. */
  signal(signal: NodeJS.Signals): void;
}

export interface TypedCommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sent when the test has ended, if it still runs. */
  readonly endsBy: NodeJS.Signals;
}

export function typeCommand(words: readonly string[], { cwd, env = {}, endsBy }: TypedCommandOptions): TypedCommand {
  const [program = "", ...args] = words;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  }
  const exited = once(child, "exit").then(([code, signal]) => code ?? signal);
  const signal = (name: NodeJS.Signals): void => void process.kill(-(child.pid ?? 0), name);
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) signal(endsBy);
    await exited;
  });
  return { child, said: () => text, exited, signal };
}
