/** What a person can do about one refusal, and whether it worked: a secret, a limit, the location of a fault. */
import type { FaultLocation, Refusal } from "../../../src/contract/refusal.ts";
import type { Refused } from "../hub/refused.ts";
import { reaches } from "../hub/session.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { addHref } from "../ui/route.ts";
import { fullTime, timeOfDay } from "../ui/time-words.ts";
import { limitsBehind } from "./limits-behind.ts";

const LET_IN = "Connect this board";
const SECRETS: Partial<Record<Refusal["code"], string>> = {
  CREDENTIAL_MISSING: LET_IN,
  CREDENTIAL_UNKNOWN: LET_IN,
  CREDENTIAL_WRONG: "Give it a new secret",
  CREDENTIAL_ENDED: "Give it a new secret",
};

export function RefusalFix({ refusal, refused }: { refusal: Refusal; refused: Refused }) {
  const { code, place, acceptedAt } = refusal;
  const secret = SECRETS[code];
  if (acceptedAt !== undefined) return <Accepted at={acceptedAt} />;
  return (
    <>
      {place !== undefined && <Fault location={place} />}
      {secret !== undefined && reaches("operator") && (
        <a class="fix" href={addHref(deviceIdIn(refusal))}>
          {secret}
        </a>
      )}
      {reaches("operator") && <Raise code={code} refused={refused} />}
    </>
  );
}

function Accepted({ at }: { at: string }) {
  const atMs = Date.parse(at);
  return (
    <span class="accepted" data-accepted>
      ✓ The next try was accepted, at <time title={fullTime(atMs)}>{timeOfDay(atMs)}</time>
    </span>
  );
}

/** Of a client id that has its credential before it, the device. */
const deviceIdIn = ({ clientId = "" }: Refusal): string =>
  clientId
    .split("/")[0]
    ?.replace(/[^A-Za-z0-9._:-]/g, "-")
    .slice(0, 64) ?? "";

function Fault({ location: { before, from } }: { location: FaultLocation }) {
  return (
    <details class="fix">
      <summary>Show where</summary>
      <code class="place">
        {before}
        <mark>{from === "" ? "(end of the payload)" : from.slice(0, 1)}</mark>
        {from.slice(1)}
      </code>
    </details>
  );
}

/** A limit is a setting, read at the start of the hub. */
function Raise({ code, refused }: { code: Refusal["code"]; refused: Refused }) {
  const { now, higher } = limitsBehind(code, refused);
  if (now.length === 0) return null;
  if (higher.length === 0) {
    return <p class="fix quiet">This limit cannot be raised: it has its highest value ({now.join(", ")}).</p>;
  }
  return (
    <details class="fix">
      <summary>Raise the limit</summary>
      <p class="quiet">Now {now.join(", ")}. To raise it, restart the hub with:</p>
      <CommandLine name="the setting" command={higher.join(" ")} />
    </details>
  );
}
