/** The peer: Aedes as it comes, with no option and no hook. */
import { createServer } from "node:net";
import { Aedes } from "aedes";

const broker = await Aedes.createBroker();
const server = createServer(broker.handle);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") process.stdout.write(`${address.port}\n`);
});
// Whoever started it is gone: nothing must be left running.
process.once("disconnect", () => process.exit(0));
