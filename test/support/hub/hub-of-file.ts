/**
 * One hub for all tests of a file: to start one takes a third of a second of CPU time. For tests that do not mind what the others of
 * their file left; each takes its own topics, client ids and devices (`unique`).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type InProcessHub, type InProcessOptions, launchHub } from "./hub.ts";

/** It is there once the tests run. */
export function hubOfFile(options: InProcessOptions = {}): () => InProcessHub {
  let dataDir = "";
  let running: InProcessHub | undefined;
  beforeAll(async () => {
    dataDir = mkdtempSync(path.join(tmpdir(), "aerie-file-"));
    running = await launchHub({ ...options, settings: { ...options.settings, dataDir } });
  });
  afterAll(async () => {
    await running?.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
  });
  return () => {
    if (running === undefined) throw new Error("the hub is there once the tests run");
    return running;
  };
}

let count = 0;

/** `room-7`: short enough for a client id of MQTT 3.1. */
export function unique(word: string): string {
  count += 1;
  return `${word}-${count}`;
}
