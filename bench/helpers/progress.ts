/** Tells on stderr what runs now and how long all of it will still take. */

export interface Progress {
  /** Something begins that will take about so long. */
  begin(what: string, seconds: number): void;
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export function createProgress(plannedSeconds: number): Progress {
  let leftSeconds = plannedSeconds;
  return {
    begin(what, seconds) {
      process.stderr.write(`bench: ${what.padEnd(64)} about ${duration(leftSeconds)} left\n`);
      leftSeconds -= seconds;
    },
  };
}
