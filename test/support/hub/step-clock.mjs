/** Loaded first (`node --import`): the wall clock of the process is off by as many ms as a file says, from one moment to the next. */
import { readFileSync } from "node:fs";

const LOOK_EVERY_MS = 50;
const file = process.env.AERIE_TEST_CLOCK_STEP;
const RealDate = Date;
let stepMs = 0;

function look() {
  try {
    stepMs = Number(readFileSync(file, "utf8"));
  } catch {
    // No file, or no descriptor for it: as before.
  }
}

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + stepMs);
    else super(...args);
  }
  static now() {
    return RealDate.now() + stepMs;
  }
};
look();
setInterval(look, LOOK_EVERY_MS).unref();
