/** How an import ends whose file, hub or place fails: with the first error, and with one write of its place at a time. */
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { ImportLine } from "../../../src/cli/import/import-lines.ts";
import type { FilePosition } from "../../../src/cli/import/import-position.ts";
import { createImportRun } from "../../../src/cli/import/import-run.ts";
import { CommandFault } from "../../../src/cli/shared/command-fault.ts";
import type { HubLink } from "../../../src/cli/shared/hub-link.ts";
import { createManualClock } from "../../support/clock/manual-clock.ts";

const FAULT_OF_FILE = new CommandFault("The record at line 3 does not end: is a quote not closed?");
const FAULT_OF_PLACE = new CommandFault("How far the file is imported cannot be written");

const batch = (line: number): ImportLine[] => [
  { line: "{}", reason: undefined, record: { line, text: "{}", endByte: line * 3, isCut: false, isUtf8: true } },
];

/** Two batches, behind which the file may be damaged; `keeps`: which writes of the place succeed. */
function begin({ isDamaged, keeps }: { isDamaged: boolean; keeps: (write: number) => boolean }) {
  const places: FilePosition[] = [];
  const said: string[] = [];
  let writing = 0;
  let mostAtOnce = 0;
  async function* batches() {
    yield batch(1);
    yield batch(2);
    if (isDamaged) throw FAULT_OF_FILE;
  }
  const link: Pick<HubLink, "ask"> = {
    ask: async <Answer>() => {
      await turn();
      return { stored: 1, duplicates: 0, refused: [], forgotten: [] } as Answer;
    },
  };
  const clock = createManualClock();
  const { run } = createImportRun({
    link: link as HubLink,
    clock,
    batches: batches(),
    report: { add: () => undefined, count: () => 0, words: () => undefined },
    begun: { endByte: 0, stored: 0, duplicates: 0, refused: 0 },
    rebuild: false,
    savePosition: async (place) => {
      mostAtOnce = Math.max(mostAtOnce, ++writing);
      for (let turns = 0; turns < 5; turns++) await turn();
      writing--;
      clock.advance(2_000); // so that each batch keeps its place
      places.push(place);
      if (!keeps(places.length)) throw FAULT_OF_PLACE;
    },
    say: (line) => void said.push(line),
    signal: new AbortController().signal,
  });
  return { run, places, said, mostAtOnce: () => mostAtOnce };
}

test("a damaged file is what the import ends with, also where its place cannot be kept, which is a warning", async () => {
  const { run, places, said, mostAtOnce } = begin({ isDamaged: true, keeps: (write) => write <= 2 });
  await expect(run()).rejects.toBe(FAULT_OF_FILE);
  expect(said).toEqual([FAULT_OF_PLACE.message]);
  expect(mostAtOnce()).toBe(1);
  expect(places.at(-1)).toMatchObject({ endByte: 6, stored: 2 });
});

test("an import whose place cannot be kept on the way ends with that, and says it once", async () => {
  const { run, said } = begin({ isDamaged: false, keeps: () => false });
  await expect(run()).rejects.toBe(FAULT_OF_PLACE);
  expect(said).toEqual([]);
});

test("an import that is done, and whose last place cannot be kept, is done with a warning", async () => {
  const { run, said, mostAtOnce } = begin({ isDamaged: false, keeps: (write) => write <= 2 });
  await run();
  expect(said).toEqual([FAULT_OF_PLACE.message]);
  expect(mostAtOnce()).toBe(1);
});
