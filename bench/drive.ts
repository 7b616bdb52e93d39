/** Has one load driven by a generator process of its own. Knows nothing of what the load is for. */
import { fileURLToPath } from "node:url";
import type { DriveResult, DriveSpec, FromGenerator } from "./generator/drive-spec.ts";
import { ended, type Owned } from "./owned.ts";

const GENERATOR = fileURLToPath(new URL("./generator/generator-process.ts", import.meta.url));

/** `onMeasuring` is called when the warm-up is over. Rejects when the load could not be opened. */
export function drive(owned: Owned, spec: DriveSpec, onMeasuring: () => void = () => {}): Promise<DriveResult> {
  const child = owned.spawnTsx(GENERATOR, ["ignore", "inherit", "inherit", "ipc"]);
  const result = new Promise<DriveResult>((resolve, reject) => {
    child.on("message", (message) => {
      const said = message as FromGenerator;
      if (said.kind === "measuring") onMeasuring();
      else if (said.kind === "done") resolve(said.result);
      else reject(new Error(said.problem));
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`the generator ended early (${code ?? signal})`)));
  });
  child.send(spec);
  return result.finally(async () => {
    child.kill("SIGKILL");
    await ended(child);
  });
}
