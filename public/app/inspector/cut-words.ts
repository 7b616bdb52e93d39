/** Says of a payload that the hub cut it, or that it is in hexadecimal. */
import { countWords } from "../ui/value-words.ts";

export interface CutPayload {
  /** Text, or pairs of hexadecimal digits with a space between them. */
  readonly payload: string;
  readonly isBinary?: true | undefined;
  /** Of the whole. */
  readonly bytes: number;
}

/** `First 512 of 3,204 bytes, in hexadecimal`; empty: it is whole, and text. */
export function cutWords({ payload, isBinary, bytes }: CutPayload): string {
  const shown = isBinary === true ? (payload.length + 1) / 3 : new TextEncoder().encode(payload).length;
  const words = [
    shown < bytes && `first ${countWords(shown)} of ${countWords(bytes)} bytes`,
    isBinary === true && "in hexadecimal",
  ];
  const said = words.filter((word) => word !== false).join(", ");
  return said.slice(0, 1).toUpperCase() + said.slice(1);
}
