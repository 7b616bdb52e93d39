/** A refused payload around the character that should not be there, which is underlined. Nothing where that is not known. */
import type { Refusal } from "../../../src/contract/refusal.ts";

export function FaultyPayload({ refusal: { place: location } }: { refusal: Refusal }) {
  if (location === undefined) return null;
  const { before, from } = location;
  return (
    <code class="place">
      {before}
      <mark>{from === "" ? "(end of the payload)" : from.slice(0, 1)}</mark>
      {from.slice(1)}
    </code>
  );
}
