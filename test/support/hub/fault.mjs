/** Loaded first (`node --import`): on SIGUSR2 a spawned hub has the fault that AERIE_TEST_FAULT names, as a defect of its own would cause it. */
import { EventEmitter } from "node:events";
import { isMainThread } from "node:worker_threads";

const fault = () => new Error("a fault of the test");

const FAULTS = {
  emits: () => new EventEmitter().emit("error", fault()),
  rejects: () => void Promise.reject("a fault of the test"),
  throwsAgainAndAgain: () => {
    setInterval(() => {
      throw fault();
    }, 1);
  },
};

if (isMainThread) process.on("SIGUSR2", () => setImmediate(FAULTS[process.env["AERIE_TEST_FAULT"] ?? ""]));
