/** A start of the hub for which the disk takes its time: what looks each second at alerts finds nothing that is not there yet. */
import { expect, test } from "vitest";
import type { Rule } from "../../../src/contract/alerts.ts";
import { DEFAULT_PRESETS } from "../../../src/core/alerts/presets/default-presets.ts";
import type { Clock } from "../../../src/core/ports/clock.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { startHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";

/** Whatever the hub waits for at its start takes longer than each of its periods: a periodic timer is due as soon as anything is awaited. */
function hastyClock(failed: (cause: unknown) => void): Clock {
  return {
    ...systemClock,
    every: (periodMs, run) => {
      const first = setImmediate(() => {
        try {
          run();
        } catch (cause) {
          failed(cause);
        }
      });
      const stop = systemClock.every(periodMs, run);
      return () => {
        clearImmediate(first);
        stop();
      };
    },
  };
}

test("a first start whose disk is slow ends in no exception, and makes the default rules", async () => {
  const failures: unknown[] = [];
  const hub = await startHub({ clock: hastyClock((cause) => failures.push(cause)) });
  expect(failures).toEqual([]);
  const { body } = await ask<{ rules: Rule[] }>(hub, "/api/rules");
  const defaults = DEFAULT_PRESETS.flatMap(({ rules }) => rules.map(({ name }) => name));
  expect(body.rules.map(({ name }) => name)).toEqual(defaults);
});
