/**
 * `npm run soak`: the long tests, a part at a time. What has passed is remembered for the state of the code it passed on, so that a
 * run that was stopped is resumed. `npm run soak -- PART…` runs these parts, `npm run soak -- --list` says what is done and left.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { codeState } from "./code-state.ts";
import { SOAK_PARTS, type SoakPart } from "./soak-parts.ts";

const ROOT = path.join(import.meta.dirname, "..");
const STATE_FILE = path.join(ROOT, "node_modules", ".cache", "aerie-soak.json");

interface State {
  /** As `codeState` names it. */
  readonly code: string;
  /** Name of a part that passed → the seconds that it took. */
  readonly passed: Record<string, number>;
}

function readState(code: string): State {
  try {
    const state = JSON.parse(readFileSync(STATE_FILE, "utf8")) as State;
    if (state.code === code) return state;
  } catch {
    // There was no run yet.
  }
  return { code, passed: {} };
}

function writeState(state: State): void {
  mkdirSync(path.dirname(STATE_FILE), { recursive: true });
  writeFileSync(STATE_FILE, `${JSON.stringify(state, undefined, 2)}\n`);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function list({ code, passed }: State): void {
  say(`Parts on ${code}:`);
  const width = Math.max(...SOAK_PARTS.map(({ name }) => name.length));
  for (const { name, what } of SOAK_PARTS) {
    const seconds = passed[name];
    say(`  ${(seconds === undefined ? "left" : `done in ${seconds} s`).padEnd(15)} ${name.padEnd(width)}  ${what}`);
  }
}

const leftOf = ({ passed }: State): SoakPart[] => SOAK_PARTS.filter(({ name }) => passed[name] === undefined);

/** Not with another length set outside: that is no proof of the part. */
const isAsListed = ({ env }: SoakPart): boolean => Object.keys(env).every((name) => process.env[name] === undefined);

/** Settles with whether it passed. */
function run({ file, env }: SoakPart): Promise<boolean> {
  const child = spawn("node_modules/.bin/vitest", ["run", "--config", "vitest.soak.config.ts", file], {
    stdio: "inherit",
    env: { ...env, ...process.env },
  });
  return new Promise((resolve) => child.once("close", (code) => resolve(code === 0)));
}

function chosen(names: readonly string[], state: State): readonly SoakPart[] {
  if (names.length === 0) return leftOf(state);
  const unknown = names.filter((name) => !SOAK_PARTS.some((part) => part.name === name));
  if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(", ")} (npm run soak -- --list shows them)`);
  return SOAK_PARTS.filter(({ name }) => names.includes(name));
}

async function soak(names: readonly string[]): Promise<void> {
  const state = readState(codeState(ROOT));
  const parts = chosen(names, state);
  const failed: string[] = [];
  for (const part of parts) {
    say(`\n== ${part.name}: ${part.what}`);
    const fromMs = performance.now();
    const isPassed = await run(part);
    if (!isPassed) failed.push(part.name);
    else if (isAsListed(part)) state.passed[part.name] = Math.round((performance.now() - fromMs) / 1_000);
    writeState(state);
    const left = leftOf(state).map(({ name }) => name);
    say(`== ${part.name}: ${isPassed ? "passed" : "FAILED"}; left: ${left.join(", ") || "none"}`);
  }
  list(state);
  if (failed.length > 0) throw new Error(`failed: ${failed.join(", ")}`);
}

try {
  const args = process.argv.slice(2);
  if (args.includes("--list")) list(readState(codeState(ROOT)));
  else await soak(args);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
