/** Opens Socket.IO, and what it shares with HTTP: who calls, from which address, and within which budget. */

import type { Refusals } from "../core/limits/refusals.ts";
import { createRequestBudget } from "../core/limits/request-budget.ts";
import type { MessageWatch } from "../core/messages/message-watch.ts";
import type { Counters } from "../core/ports/counters.ts";
import type { TlsSource } from "../core/ports/tls.ts";
import { type Callers, createCallers } from "../http/requests/callers.ts";
import { createForwarding, type Forwarding } from "../http/requests/forwarding.ts";
import { type Live, openLive } from "../live/live.ts";
import type { Access } from "../platform/access/open-access.ts";
import type { Build } from "../platform/build.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Listeners } from "./listeners.ts";

export interface LiveOptions extends PartOptions {
  readonly build: Build;
  readonly counters: Counters;
  readonly refusals: Refusals;
  readonly messages: MessageWatch;
  /** Undefined: there is no certificate. */
  readonly tls: TlsSource | undefined;
  /** Undefined: there are no accounts. */
  readonly access: Access | undefined;
  readonly listeners: Pick<Listeners, "portOf">;
}

export interface LiveParts {
  readonly live: Live;
  readonly callers: Callers;
  readonly forwarding: Forwarding;
  readonly requests: ReturnType<typeof createRequestBudget>;
}

/** Opened before the parts that tell it of readings and presence. Browsers come once HTTP listens. */
export function openLiveParts(options: LiveOptions): LiveParts {
  const { config, clock, log, own, build, counters, refusals, messages, tls, access, listeners } = options;
  const forwarding = createForwarding(config.trustedProxies);
  const callers = createCallers({
    accounts: access?.accounts,
    tablets: access?.tablets,
    unclaimed: access?.unclaimed,
    isOfOwnComputer: forwarding.isOfOwnComputer,
    port: () => listeners.portOf("http"),
    isSecure: (request) => tls !== undefined || forwarding.isSecure(request),
  });
  const requests = createRequestBudget({ clock, refusals, perMinute: config.maxRequestsPerMinute });
  const live = own(
    "live",
    openLive({
      callerOf: callers.ofClient,
      addressOf: forwarding.addressOf,
      limits: config,
      requests,
      refusals,
      clock,
      counters,
      log,
      messages,
      build: build.id,
    }),
  );
  refusals.onRefusal(live.rejected);
  return { live, callers, forwarding, requests };
}
