/** Commands whose output is a pipe that its reader has closed, or a file on a full disk. */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { runWrapped } from "../../support/hub/command.ts";
import { startHub } from "../../support/hub/hub.ts";

/** Ends as the command ends. */
const shell = (redirection: string): string[] => [
  "bash",
  "-c",
  `"$@" ${redirection}; exit "\${PIPESTATUS[0]}"`,
  "bash",
];

test("a command whose reader has closed the pipe ends quietly with 0, also where its messages go there", async () => {
  const hub = await startHub();
  const ofHub = [["stats"], ["export"]].map((args) => [...args, "-d", hub.dataDir]);
  const ended = [...ofHub, ["--help"], ["start", "--help"]].map(async (args) => {
    const { exitCode, stderr } = await runWrapped(shell("| true"), ...args);
    expect([args[0], exitCode, stderr.replace(/^.*exported in.*\n/, "")]).toEqual([args[0], 0, ""]);
  });
  await Promise.all(ended);
  expect(await runWrapped(shell("2>&1 | true"), "export", "-d", hub.dataDir)).toMatchObject({ exitCode: 0 });
});

test.runIf(existsSync("/dev/full"))(
  "a command whose output cannot be written says so, without a stack, and exits with 1",
  async () => {
    const hub = await startHub();
    const { exitCode, stderr } = await runWrapped(shell("> /dev/full"), "stats", "-d", hub.dataDir);
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^The output cannot be written: .*ENOSPC.*\n$/)]);
  },
);
