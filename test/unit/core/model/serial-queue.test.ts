import { expect, test } from "vitest";
import { createSerialQueue } from "../../../../src/core/model/serial-queue.ts";

test("tasks run one after the other, and one that fails does not stop the next", async () => {
  const queue = createSerialQueue();
  const log: string[] = [];
  let release = (): void => {};
  const blocked = queue.run(async () => {
    log.push("first begins");
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    log.push("first ends");
    throw new Error("it failed");
  });
  const next = queue.run(async () => log.push("second"));
  await Promise.resolve();
  expect(log).toEqual(["first begins"]);
  release();
  await expect(blocked).rejects.toThrow("it failed");
  await next;
  expect(log).toEqual(["first begins", "first ends", "second"]);
});

test("it is idle when all tasks so far have ended, however they ended", async () => {
  const queue = createSerialQueue();
  let ended = 0;
  const failing = queue.run(async () => {
    ended++;
    throw new Error("it failed");
  });
  const other = queue.run(async () => ended++);
  await queue.idle();
  expect(ended).toBe(2);
  await expect(failing).rejects.toThrow();
  await other;
});
