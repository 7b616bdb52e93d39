/** Every kind of condition in every state with everything that can happen to it, through the engine. What the cells are made of: table-world.ts. */
import { describe, expect, test } from "vitest";
import {
  cellOf,
  HUB_CONDITION,
  NO_DATA_CONDITION,
  PRESENCE_CONDITION,
  type Subject,
  VALUE_CONDITIONS,
} from "./table-world.ts";

/**
 * Rows: what happens; columns: the state before. A cell is the state after, and what the log says of it; `.`: nothing. Rules wait two minutes
 * until they fire, and two until they are over.
 */
const OF_VALUES = `
| what happens          | normal  | pending         | firing                 | recovering             | normal overdue | firing overdue        |
| past                  | pending | .               | .                      | firing                 | pending        | firing: dataAgain     |
| between               | .       | .               | .                      | .                      | normal         | firing: dataAgain     |
| clear                 | .       | normal          | recovering             | .                      | normal         | recovering: dataAgain |
| past, an hour old     | .       | .               | .                      | .                      | normal         | firing: dataAgain     |
| clear, an hour old    | .       | .               | .                      | .                      | normal         | firing: dataAgain     |
| another metric        | .       | .               | .                      | .                      | normal         | firing: dataAgain     |
| two minutes           | .       | firing: firing  | .                      | normal: resolved       | .              | .                     |
| the board falls silent| .       | normal overdue  | firing overdue: noData | firing overdue: noData | .              | .                     |
| the hub restarts      | .       | .               | .                      | .                      | .              | .                     |
| the clock jumps ahead | .       | .               | .                      | .                      | .              | .                     |
| the clock jumps back  | .       | .               | .                      | .                      | .              | .                     |
| all is silenced       | .       | .               | .                      | .                      | .              | .                     |
| the rule is renamed   | .       | .               | .                      | .                      | .              | .                     |
| the rule is disabled  | .       | normal          | normal: ended          | normal: ended          | normal         | normal: ended         |
| the rule is deleted   | .       | normal          | normal: ended          | normal: ended          | normal         | normal: ended         |
| the board is deleted  | .       | normal          | normal: ended          | normal: ended          | normal         | normal: ended         |
`;

/** Its silence is what the rule is about: any reading is the opposite, and its data is never overdue. */
const OF_THE_BOARD = `
| what happens          | normal  | pending         | firing        | recovering       |
| past                  | pending | .               | .             | firing           |
| between               | .       | .               | .             | .                |
| clear                 | .       | normal          | recovering    | .                |
| the hub restarts      | .       | .               | .             | .                |
| the clock jumps ahead | .       | .               | .             | .                |
| the clock jumps back  | .       | .               | .             | .                |
| all is silenced       | .       | .               | .             | .                |
| the rule is renamed   | .       | .               | .             | .                |
| the rule is disabled  | .       | normal          | normal: ended | normal: ended    |
| the rule is deleted   | .       | normal          | normal: ended | normal: ended    |
| the board is deleted  | .       | normal          | normal: ended | normal: ended    |
`;

const TIME_OF_PRESENCE = "| two minutes           | .       | firing: firing  | .             | normal: resolved |";
/** They are silence, too. */
const TIME_OF_NO_DATA = "| two minutes           | pending | firing: firing  | .             | firing           |";

/** The hub has no boards and no readings here. */
const OF_THE_HUB = `
| what happens          | normal  | pending         | firing        | recovering       |
| past                  | pending | .               | .             | firing           |
| clear                 | .       | normal          | recovering    | .                |
| two minutes           | .       | firing: firing  | .             | normal: resolved |
| the hub restarts      | .       | .               | .             | .                |
| the clock jumps ahead | .       | .               | .             | .                |
| the clock jumps back  | .       | .               | .             | .                |
| all is silenced       | .       | .               | .             | .                |
| the rule is renamed   | .       | .               | .             | .                |
| the rule is disabled  | .       | normal          | normal: ended | normal: ended    |
| the rule is deleted   | .       | normal          | normal: ended | normal: ended    |
`;

interface Column {
  readonly state: string;
  /** By what happens. */
  readonly cells: Readonly<Record<string, string>>;
}

function columnsOf(table: string): Column[] {
  const lines = table.trim().split("\n");
  const [[, ...states] = [], ...rows] = lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return states.map((state, at) => ({
    state,
    cells: Object.fromEntries(rows.map(([input = "", ...cells]) => [input, cells[at] ?? ""])),
  }));
}

function check(table: string, subjects: readonly Subject[]): void {
  describe.each(subjects)("$name", (subject) => {
    test.each(columnsOf(table))("$state", async ({ state, cells }) => {
      const asked = Object.keys(cells).filter((input) => input !== "between" || subject.between !== undefined);
      const found: Record<string, string> = {};
      for (const input of asked) found[input] = await cellOf(subject, state, input);
      expect(found).toEqual(Object.fromEntries(asked.map((input) => [input, cells[input]])));
    });
  });
}

check(OF_VALUES, VALUE_CONDITIONS);
check(OF_THE_BOARD + TIME_OF_PRESENCE, [PRESENCE_CONDITION]);
check(OF_THE_BOARD + TIME_OF_NO_DATA, [NO_DATA_CONDITION]);
check(OF_THE_HUB, [HUB_CONDITION]);
