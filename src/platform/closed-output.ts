/** Lets a command end normally when the reader of its output has closed it, as `head` does. */

/** To be called before the first write. Until the process ends, what is written to a closed output is dropped. */
export function hearOutputs(): void {
  for (const output of [process.stdout, process.stderr]) output.on("error", hearFault);
}

function hearFault({ code, message }: NodeJS.ErrnoException): void {
  if (code === "EPIPE") return;
  process.stderr.write(`The output cannot be written: ${message}\n`);
  process.once("exit", () => {
    process.exitCode ||= 1; // whatever the command itself ended with
  });
}
