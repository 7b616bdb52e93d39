/** Completes what came from one client in the order in which it came, whatever order the answers come in. [MQTT-4.6.0-2] */

interface Slot<Answer> {
  answer: Answer | undefined;
  readonly complete: (answer: Answer) => void;
}

/** `place(complete)` answers the function to call, once, with the answer. */
export type AckOrder<Answer> = (complete: (answer: Answer) => void) => (answer: Answer) => void;

export function createAckOrder<Answer extends string>(): AckOrder<Answer> {
  let waiting: Slot<Answer>[] = [];

  function flush(): void {
    let done = 0;
    for (const slot of waiting) {
      if (slot.answer === undefined) break;
      done++;
    }
    if (done === 0) return;
    const ready = waiting.slice(0, done);
    waiting = waiting.slice(done);
    for (const { answer, complete } of ready) if (answer !== undefined) complete(answer);
  }

  return (complete) => {
    const slot: Slot<Answer> = { answer: undefined, complete };
    waiting.push(slot);
    return (answer) => {
      slot.answer = answer;
      if (waiting[0] === slot) flush();
    };
  };
}
