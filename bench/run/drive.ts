/** Has one job done by a generator process of its own. */
import { fileURLToPath } from "node:url";
import type { FromGenerator, JobKind, Jobs } from "../generator/job.ts";
import { ended, type Owned } from "../helpers/owned.ts";

const GENERATOR = fileURLToPath(new URL("../generator/generator-process.ts", import.meta.url));

/** `onMeasuring` is called when a load's warm-up is over. Rejects when the job could not be done. */
export function drive<Kind extends JobKind>(
  owned: Owned,
  kind: Kind,
  spec: Jobs[Kind]["spec"],
  onMeasuring: () => void = () => {},
): Promise<Jobs[Kind]["result"]> {
  const child = owned.spawnTsx(GENERATOR, ["ignore", "inherit", "inherit", "ipc"]);
  const result = new Promise<Jobs[Kind]["result"]>((resolve, reject) => {
    child.on("message", (message) => {
      const said = message as FromGenerator;
      if (said.kind === "measuring") onMeasuring();
      else if (said.kind === "done") resolve(said.result as Jobs[Kind]["result"]);
      else reject(new Error(said.problem));
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`the generator ended early (${code ?? signal})`)));
  });
  child.send({ kind, spec });
  return result.finally(async () => {
    child.kill("SIGKILL");
    await ended(child);
  });
}
