/** A process that runs one command line after another, as its parent sends them: a start of Node.js costs more than most commands. */
const { runCommand } = await import(new URL("../../../dist/src/cli/run-command.js", import.meta.url).href);

// Each command listens as if it were the only one.
for (const emitter of [process, process.stdout, process.stderr]) emitter.setMaxListeners(0);

process.on("message", async ({ args }) => {
  const said = { stdout: "", stderr: "" };
  const writes = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const name of ["stdout", "stderr"]) {
    process[name].write = (text) => {
      said[name] += text;
      return true;
    };
  }
  const exitCode = await runCommand(args).catch((error) => `${error.stack}`);
  Object.assign(process.stdout, { write: writes.stdout });
  Object.assign(process.stderr, { write: writes.stderr });
  process.send({ exitCode, ...said });
});
process.send("ready");
