/** Where the programs are that tests drive, as `prepare.ts` found them. Looks for nothing itself. */
import { readFileSync } from "node:fs";
import path from "node:path";

export interface Tools {
  /** A Chromium. */
  readonly browser: string;
  readonly mosquittoPub: string;
  readonly mosquittoSub: string;
  /** The broker, for bridges. */
  readonly mosquitto: string;
  /** Sends a request and prints its response. */
  readonly mosquittoRr: string;
  /** A Python that can import paho.mqtt. */
  readonly pahoPython: string;
  /** For `examples/read.sh`, which takes the one on the PATH. */
  readonly curl: string;
  /** A reverse proxy. */
  readonly nginx: string;
  /** Makes certificates. */
  readonly openssl: string;
  /** Undefined where the system has none: it is for Linux. */
  readonly strace?: string | undefined;
  /** Undefined where AERIE_TEST_MONGODB=skip was said. */
  readonly mongod?: string | undefined;
}

export const TOOLS_FILE = path.join(import.meta.dirname, "..", "..", "node_modules", ".cache", "aerie-test-tools.json");

/** Throws where `prepare.ts` did not run. */
export function readTools(): Tools {
  try {
    return JSON.parse(readFileSync(TOOLS_FILE, "utf8")) as Tools;
  } catch (cause) {
    throw new Error(
      "The tests need their tools found first: run `npx tsx test/support/prepare/prepare.ts` (npm test does)",
      {
        cause,
      },
    );
  }
}
