/** How to raise the limit behind a refusal. A limit is a setting, read at the start of the hub. */
import type { Refused } from "../hub/refused.ts";
import { reaches } from "../hub/session.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { limitsBehind } from "./limits-behind.ts";

export function RaiseLimit({ text, refused }: { text: string; refused: Refused }) {
  const { now, higher } = limitsBehind(text, refused);
  if (now.length === 0 || !reaches("operator")) return null;
  if (higher.length === 0) {
    return <p class="fix quiet">This limit cannot be raised: it has its highest value ({now.join(", ")}).</p>;
  }
  return (
    <details class="fix">
      <summary>How to raise it</summary>
      <p class="quiet">Now {now.join(", ")}. To raise it, restart the hub with:</p>
      <CommandLine name="the setting" command={higher.join(" ")} />
    </details>
  );
}
