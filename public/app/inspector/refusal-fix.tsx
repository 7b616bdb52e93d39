/** What a person can do about one client or board that is refused: give it a secret, or another family. */
import type { Refusal } from "../../../src/contract/refusal.ts";
import { FamilyTopics } from "../access/family-topics.tsx";
import { likelyBoard } from "../access/likely-board.ts";
import { reaches } from "../hub/session.ts";
import { addHref } from "../ui/route.ts";

const LET_IN = "Connect this board";
const SECRETS: Partial<Record<Refusal["code"], string>> = {
  CREDENTIAL_MISSING: LET_IN,
  CREDENTIAL_UNKNOWN: LET_IN,
  CREDENTIAL_WRONG: "Give it a new secret",
  CREDENTIAL_ENDED: "Give it a new secret",
};

export function RefusalFix({ refusal }: { refusal: Refusal }) {
  const { code, suggestion } = refusal;
  const secret = SECRETS[code];
  if (!reaches("operator")) return null;
  return (
    <>
      {suggestion !== undefined && <FamilyTopics suggestion={suggestion} />}
      {secret !== undefined && (
        <a class="fix" href={addHref(likelyBoard(refusal.deviceId ?? refusal.clientId))}>
          {secret}
        </a>
      )}
    </>
  );
}
