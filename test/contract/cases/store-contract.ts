/** What every store must do, as one suite that runs whole over each engine. Knows no engine. */
import { afterEach, describe } from "vitest";
import { describeAppend } from "./append-contract.ts";
import { describeDeletion } from "./deletion-contract.ts";
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

/** `thousands` false: without the tests of thousands of readings, where the same engine has passed them on another kind of server. */
export function describeStore(name: string, open: () => Promise<OpenedStore>, { thousands = true } = {}): void {
  describe(name, () => {
    const opened: OpenedStore[] = [];
    afterEach(async () => {
      for (const each of opened.splice(0)) await each.dispose();
    });
    const start: Start = async () => {
      const each = await open();
      opened.push(each);
      return each;
    };
    describeAppend(start);
    describeRedelivery(start, thousands);
    describeLoad(start);
    describeReadings(start);
    describeSeries(start);
    describeHistory(start);
    describeHistoryEdges(start, thousands);
    describeDeletion(start);
    describeExport(start);
    describeJournal(start);
    describeModel(start);
  });
}
