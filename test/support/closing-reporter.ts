/** Prints the slowest files of a run and, as its last line, how many tests passed and failed. */
import path from "node:path";
import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

const SLOWEST = 10;

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** A file that could not be loaded and an error outside of any test count as one failure each. */
export function countTests(modules: readonly TestModule[], errors: readonly SerializedError[]): Counts {
  const counts: Counts = { passed: 0, failed: errors.length, skipped: 0 };
  for (const module of modules) {
    const failedBefore = counts.failed;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      counts[state === "pending" ? "skipped" : state] += 1;
    }
    if (module.state() === "failed" && counts.failed === failedBefore) counts.failed += 1;
  }
  return counts;
}

export const closingLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;

/** With its loading, its hooks and its tests. */
function durationMsOf(module: TestModule): number {
  const { environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration } = module.diagnostic();
  return environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration;
}

function slowestLines(modules: readonly TestModule[]): string[] {
  return modules
    .map((module) => ({ file: path.relative(process.cwd(), module.moduleId), ms: durationMsOf(module) }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, SLOWEST)
    .map(({ file, ms }) => `  ${(ms / 1_000).toFixed(1).padStart(6)} s  ${file}`);
}

/** To be the last of the reporters. */
export function createClosingReporter(): Reporter {
  return {
    onTestRunEnd: (modules, errors) => {
      const lines = ["Slowest files:", ...slowestLines(modules), "", closingLine(countTests(modules, errors))];
      process.stdout.write(`${lines.join("\n")}\n`);
    },
  };
}
