/** What every store must do, as one suite that runs whole over each engine. Knows no engine. */
import { afterEach, describe } from "vitest";
import { describeAppend } from "./append-contract.ts";
import { describeDeletion } from "./deletion-contract.ts";
import { describeDerive } from "./derive-contract.ts";
import { describeExport } from "./export-contract.ts";
import { describeHistory } from "./history-contract.ts";
import { describeHistoryEdges } from "./history-edges-contract.ts";
import { describeRedelivery } from "./identity-contract.ts";
import { describeJournal } from "./journal-contract.ts";
import { describeLoad } from "./load-contract.ts";
import { describeModel } from "./model-contract.ts";
import type { OpenedStore, Start } from "./opened-store.ts";
import { describeReadings } from "./readings-contract.ts";
import { describeSeries } from "./series-contract.ts";
import { describeTrials } from "./trial-contract.ts";
import { describeUnsaved } from "./unsaved-contract.ts";

type Suite = (name: string, open: () => Promise<OpenedStore>) => void;

const suiteOf =
  (...parts: readonly ((start: Start) => void)[]): Suite =>
  (name, open) =>
    describe(name, () => {
      const opened: OpenedStore[] = [];
      afterEach(async () => {
        for (const each of opened.splice(0)) await each.dispose();
      });
      for (const part of parts) {
        part(async () => {
          const each = await open();
          opened.push(each);
          return each;
        });
      }
    });

const WRITES = [
  describeAppend,
  describeRedelivery,
  describeLoad,
  describeUnsaved,
  describeDeletion,
  describeJournal,
  describeModel,
];
const HISTORY = [
  describeReadings,
  describeSeries,
  describeHistory,
  describeHistoryEdges,
  describeDerive,
  describeExport,
  describeTrials,
];

export const describeStore = suiteOf(...WRITES, ...HISTORY);

/** Without what reads and forgets: for an engine that has passed the whole on another kind of server. */
export const describeWrites = suiteOf(...WRITES);
