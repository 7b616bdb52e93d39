/** The clock of a spawned hub: whoever connects to the socket that AERIE_TEST_CLOCK names and says a number moves it on by so many ms. */
import { createServer } from "node:net";
import { isMainThread } from "node:worker_threads";
import { createShiftedClock } from "./shifted-clock.mjs";

export const systemClock = createShiftedClock();

if (isMainThread) {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let said = "";
    socket.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    socket.on("error", () => socket.destroy());
    socket.on("end", () => {
      systemClock.skip(Number(said));
      socket.end();
    });
  });
  server.listen(process.env["AERIE_TEST_CLOCK"]).unref();
}
