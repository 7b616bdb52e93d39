/** `aerie restore`: replaces the store by a copy, while the hub is stopped. Keeps the previous files. */
import { statSync } from "node:fs";
import path from "node:path";
import { ACCESS_FILES } from "../../platform/access/access-file.ts";
import { dropSparklineFile } from "../../platform/sparkline-file.ts";
import { restoreStore } from "../../store/sqlite/copy/restore.ts";
import { HUB_FILE } from "../../store/sqlite/hub-file/hub-schema.ts";
import { IMPORTS_FOLDER } from "../import/import-position.ts";
import type { CommandWorld } from "../shared/command-world.ts";
import { showProgress } from "../shared/progress.ts";
import { bytesText, durationText } from "../shared/quantity.ts";

export async function restoreCommand(name: string, { config, clock, screen, say }: CommandWorld): Promise<number> {
  const { dataDir } = config;
  const copy = path.resolve(name);
  const wholeBytes = statSync(copy, { throwIfNoEntry: false })?.size ?? 0;
  const startedMs = clock.monotonicMs();
  let bytes = 0;
  say(`Checking ${copy}, ${bytesText(wholeBytes)} …`);
  const progress = showProgress({
    clock,
    screen,
    verb: "Restoring",
    done: () => ({ bytes, fraction: wholeBytes === 0 ? undefined : bytes / wholeBytes }),
  });
  const onBytes = (sofar: number): void => {
    bytes = sofar;
  };
  try {
    const kept = await restoreStore({
      dataDir,
      copy,
      nowMs: clock.nowMs(),
      onBytes,
      beside: [HUB_FILE, ...ACCESS_FILES],
      outdated: [IMPORTS_FOLDER],
      say,
    });
    dropSparklineFile(dataDir); // it is of the former store
    progress.end();
    say(`The copy was restored to ${dataDir} in ${durationText(clock.monotonicMs() - startedMs)}. Start the hub.`);
    if (kept.length > 0) {
      say(
        `The previous files are kept. Delete them when you no longer need them:\n${kept.map((file) => `  ${file}`).join("\n")}`,
      );
    }
    return 0;
  } finally {
    progress.end();
  }
}
