import fc from "fast-check";
import { expect, test } from "vitest";
import { createAckOrder } from "../../src/broker/ack-order.ts";

test("what is answered out of order is completed in order, each with its own answer", () => {
  const order = createAckOrder<string>();
  const seen: string[] = [];
  const answers = ["a", "b", "c"].map((name) => order((answer) => void seen.push(`${name} ${answer}`)));
  answers[2]?.("3");
  answers[1]?.("2");
  expect(seen).toEqual([]);
  answers[0]?.("1");
  expect(seen).toEqual(["a 1", "b 2", "c 3"]);
});

test("what is answered at once is completed at once", () => {
  const order = createAckOrder<string>();
  const seen: string[] = [];
  order((answer) => void seen.push(answer))("first");
  order((answer) => void seen.push(answer))("second");
  expect(seen).toEqual(["first", "second"]);
});

test("whatever the order of answers, with more coming in between, completions keep the order of arrival", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 60 }), (choices) => {
      const order = createAckOrder<string>();
      const seen: number[] = [];
      let open: ((answer: string) => void)[] = [];
      let count = 0;
      for (const choice of choices) {
        if (choice % 3 !== 0 || open.length === 0) {
          const place = count++;
          open.push(order(() => void seen.push(place)));
        } else {
          const [answer] = open.splice(choice % open.length, 1);
          answer?.("x");
        }
      }
      for (const answer of open.reverse()) answer("x");
      open = [];
      expect(seen).toEqual(Array.from({ length: count }, (_, place) => place));
    }),
  );
});

test("what arrives and is answered while others are completed comes behind them", () => {
  const order = createAckOrder<string>();
  const seen: string[] = [];
  const first = order(() => {
    seen.push("a");
    // Its completion makes the connection read on, and the next message is refused at once.
    order(() => void seen.push("c"))("refuse");
  });
  const second = order(() => void seen.push("b"));
  second("carry");
  first("carry");
  expect(seen).toEqual(["a", "b", "c"]);
});
