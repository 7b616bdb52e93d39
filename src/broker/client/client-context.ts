/** What the clients of a broker share: its parts, its limits, and what they report. Types only. */

import type { IdentifyClient } from "../../core/access/mqtt-login.ts";
import type { Quarantine } from "../../core/access/pairing.ts";
import type { Suggest } from "../../core/access/recognized-board.ts";
import type { Connection as ClientConnection } from "../../core/devices/connection.ts";
import type { Pace } from "../../core/limits/pace.ts";
import type { RateLimit } from "../../core/limits/rate-limit.ts";
import type { Refusals } from "../../core/limits/refusals.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Journal } from "../journal/journal.ts";
import type { AedesCore } from "../routing/aedes-core.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Subscribing } from "../session/subscribing.ts";
import type { AdmissionLimits } from "./admission.ts";
import type { InboundContext } from "./inbound.ts";

export interface ClientLimits extends AdmissionLimits {
  readonly maxConnectBytes: number;
  readonly maxPacketBytes: number;
  readonly maxInflight: number;
  readonly connectTimeoutMs: number;
}

export interface ClientContext {
  readonly core: AedesCore;
  readonly sessions: Sessions;
  readonly subscribing: Subscribing;
  readonly inbound: InboundContext;
  readonly journal: Journal;
  readonly refusals: Refusals;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: ClientLimits;
  /** Finds the credential by user name and password. */
  readonly authenticate: IdentifyClient;
  readonly quarantine: Quarantine | undefined;
  /** What would let a board use a topic that it is refused. */
  readonly suggest: Suggest | undefined;
  readonly identify: (client: Omit<ClientConnection, "serial">) => ClientConnection;
  /** How often clients of one credential may connect. */
  readonly connects: RateLimit;
  /** How fast the credential, and the address, may send. */
  readonly pacesOf: (owner: string | undefined, address: string | undefined) => readonly Pace[];
  readonly onSlowed: () => void;
  readonly onClosed: (identity: ClientConnection) => void;
}
