/** `aerie backup`: copies the whole store to a new file. The hub may be running. */
import { rmSync, statSync } from "node:fs";
import path from "node:path";
import type { SpaceAnswer } from "../../contract/control/control.ts";
import { partOf } from "../../core/transfer/part-file.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import { linkToHub } from "../shared/hub-link.ts";
import { showProgress } from "../shared/progress.ts";
import { bytesText, durationText } from "../shared/quantity.ts";

export async function backupCommand(
  name: string,
  withoutSecrets: boolean,
  { config, clock, screen, say, stopSignal }: CommandWorld,
): Promise<number> {
  const file = path.resolve(name);
  const link = await linkToHub({ config, clock });
  const startedMs = clock.monotonicMs();
  const { usedBytes, reusableBytes } = await link.ask<SpaceAnswer>("/space");
  const wholeBytes = usedBytes - reusableBytes;
  const done = () => {
    const bytes = sizeOf(partOf(file));
    return { bytes, fraction: Math.min(1, bytes / wholeBytes) };
  };
  const progress = showProgress({ clock, screen, verb: "Copying", done });
  stopSignal().addEventListener("abort", () => {
    progress.end();
    stop(link.isOwn, file, say);
  });
  try {
    await link.ask("/backup", { type: "application/json", text: JSON.stringify({ file, withoutSecrets }) });
  } finally {
    progress.end();
    await link.close();
  }
  say(`${file}: ${bytesText(sizeOf(file))}, copied in ${durationText(clock.monotonicMs() - startedMs)}.`);
  if (!withoutSecrets)
    say(
      "The copy contains accounts, device secrets and channels of notifications, where there are any. Keep it where nobody else can read it, or leave them out with --without-secrets.",
    );
  return 0;
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** SQLite's copy cannot be interrupted, so the process ends itself. Only the copy is lost. */
function stop(isOwn: boolean, file: string, say: (line: string) => void): void {
  if (isOwn) rmSync(partOf(file), { force: true });
  say(isOwn ? "Stopped: no copy was made." : `Stopped waiting. The hub completes the copy: ${file}`);
  process.removeAllListeners("SIGINT");
  process.kill(process.pid, "SIGINT");
}
