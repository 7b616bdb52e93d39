/** What of the last run's journal is left out because its clients have no right to it, without accounts too. */
import { expect, test } from "vitest";
import { withinRights } from "../../../../src/broker/journal/kept-rights.ts";
import { ANYBODY } from "../../../../src/core/access/mqtt-access.ts";
import type { Journal as KeptJournal } from "../../../../src/core/ports/broker-state.ts";
import { createRecordingJournal, NOTHING_KEPT } from "../../../support/memory/recording-journal.ts";

test("a last will of an earlier version on a topic of the hub is never published, and deleted", () => {
  const will = (clientId: string, topic: string): KeptJournal["wills"][number] => ({
    clientId,
    value: {
      message: {
        topic,
        payload: Uint8Array.of(1),
        qos: 1,
        retain: true,
        properties: new Uint8Array(),
        expiresAtMs: undefined,
        publisher: clientId,
      },
      delayS: 0,
      keepAliveS: 60,
      expiryS: undefined,
      dueAtMs: undefined,
    },
  });
  const journal = createRecordingJournal();
  const kept = { ...NOTHING_KEPT, wills: [will("one", "aerie/alerts/gas/cellar"), will("two", "devices/a/status")] };
  expect(withinRights(kept, () => ANYBODY, journal).wills.map(({ clientId }) => clientId)).toEqual(["two"]);
  expect(journal.said).toEqual([{ of: "will", clientId: "one", value: undefined }]);
});
