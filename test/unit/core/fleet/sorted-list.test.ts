/** A list in order, against sorting anew, also with more items than fit in one of its parts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSortedList } from "../../../../src/core/fleet/sorted-list.ts";

test("after any additions and removals it is what a sort makes of the items", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3_000, max: 3_000 }), { maxLength: 4_000, size: "max" }), (numbers) => {
      const list = createSortedList<number>((a, b) => a - b);
      const model = new Set<number>();
      for (const number of numbers) {
        const item = Math.abs(number);
        if (model.has(item) && number < 0) {
          model.delete(item);
          list.remove(item);
        } else if (!model.has(item)) {
          model.add(item);
          list.add(item);
        } else list.remove(-1); // it is not there
      }
      expect(list.parts.flat()).toEqual([...model].sort((a, b) => a - b));
      for (const part of list.parts) expect(part.length).toBeGreaterThan(0);
    }),
    { numRuns: 30 },
  );
});
