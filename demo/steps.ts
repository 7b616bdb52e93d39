/** What the demo prints while it prepares: each step, how far it is, and how long it took. */

export interface Steps {
  /** `say`: how far it is. It rejects as `work` does. */
  run<Outcome>(title: string, work: (say: (progress: string) => void) => Promise<Outcome>): Promise<Outcome>;
  say(text: string): void;
}

/** A terminal shows progress on one line; elsewhere there is a line for each step. */
export function createSteps(output: NodeJS.WriteStream): Steps {
  const show = (line: string): void => void (output.isTTY && output.write(`\r\x1b[K${line}`));
  const say = (text: string): void => void output.write(`${output.isTTY ? "\r\x1b[K" : ""}${text}\n`);

  return {
    say,
    run: async (title, work) => {
      const startedMs = performance.now();
      let progress = "";
      const seconds = (): string => `${((performance.now() - startedMs) / 1_000).toFixed(1)} s`;
      const line = (): string => `${title}${progress === "" ? "" : `: ${progress}`} (${seconds()})`;
      show(line());
      if (!output.isTTY) output.write(`${title} …\n`);
      const timer = setInterval(() => show(line()), 200);
      try {
        const outcome = await work((text) => {
          progress = text;
        });
        say(line());
        return outcome;
      } finally {
        clearInterval(timer);
      }
    },
  };
}
