/** Completes what came from one client in the order in which it came, whatever order the answers come in. [MQTT-4.6.0-2] */

interface Slot<Answer> {
  answer: Answer | undefined;
  readonly complete: (answer: Answer) => void;
}

/** `order(complete)` answers the function to call, once, with the answer. */
export type AckOrder<Answer> = (complete: (answer: Answer) => void) => (answer: Answer) => void;

export function createAckOrder<Answer extends string>(): AckOrder<Answer> {
  let waiting: Slot<Answer>[] = [];
  let head = 0;
  let completing = false;

  /** What is answered while others are completed is completed by the same loop, behind them. */
  function flush(): void {
    if (completing) return;
    completing = true;
    for (let slot = waiting[head]; slot?.answer !== undefined; slot = waiting[head]) {
      head++;
      slot.complete(slot.answer);
    }
    completing = false;
    if (head < waiting.length) return;
    waiting = [];
    head = 0;
  }

  return (complete) => {
    const slot: Slot<Answer> = { answer: undefined, complete };
    waiting.push(slot);
    return (answer) => {
      slot.answer = answer;
      flush();
    };
  };
}
