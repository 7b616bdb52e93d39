/** A store in a process of its own, whose system calls can be made to fail. Does what it is asked over IPC; entry of a child. */
import process from "node:process";

// Worker threads load only what was built.
const load = (file) => import(new URL(`../../../dist/src/${file}`, import.meta.url).href);
const { openSqliteStore } = await load("store/sqlite/sqlite-store.js");
const { createDiskFaults } = await load("core/health/disk-faults.js");
const { systemClock } = await load("platform/clock.js");

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const diskFaults = createDiskFaults({ clock: systemClock, log });
const store = await openSqliteStore({
  dataDir: process.argv[2],
  log,
  diskFaults,
  onDead: (cause) => {
    throw cause;
  },
});

const operations = { ...store, diskProblem: async () => diskFaults.problem() };
process.on("message", async ({ id, name, args }) => {
  try {
    process.send({ id, value: await operations[name](...args) });
  } catch (error) {
    process.send({ id, error: String(error) });
  }
});
process.on("disconnect", () => process.exit());
process.send({ id: -1 });
