/** Answers under way: those of who lost his access are cut, and no other. */
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createAnswersUnderWay } from "../../../src/http/answers/answers-under-way.ts";
import { createManualClock } from "../../support/clock/manual-clock.ts";
import { until } from "../../support/until.ts";

test("the large answers of a key end with it; those of others, and small ones, do not", async () => {
  const answers = createAnswersUnderWay({ clock: createManualClock(), onTooSlow: () => undefined });
  const begun: Record<string, ServerResponse> = {};
  const server = createServer((request, response) => {
    const { url = "" } = request;
    answers.add(request, response);
    if (url !== "/small") answers.mark(response, { pace: "any", key: url });
    begun[url] = response;
    response.write("the beginning");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    answers.close();
    server.closeAllConnections();
    server.close();
  });
  const ended: Record<string, string> = {};
  const read = (path: string): void => {
    const { port } = server.address() as AddressInfo;
    get({ port, path, host: "127.0.0.1", agent: false }, (answer: IncomingMessage) => {
      answer.resume();
      answer.once("close", () => {
        ended[path] = answer.complete ? "whole" : "cut";
      });
    }).on("error", () => undefined);
  };
  for (const path of ["/one", "/two", "/small"]) read(path);
  await until("all have begun", () => Object.keys(begun).length === 3);

  answers.end(["/one", "/three"]);
  await until("the first is cut", () => ended["/one"] !== undefined);
  for (const response of Object.values(begun)) if (!response.destroyed) response.end();
  await until("the others end", () => Object.keys(ended).length === 3);
  expect(ended).toEqual({ "/one": "cut", "/two": "whole", "/small": "whole" });
});
