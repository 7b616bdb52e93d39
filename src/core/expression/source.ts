/** The text of an expression with the position up to which it is read, and the bounds of what is made of it. */
import type { NotUnderstood } from "./syntax.ts";

export interface Source {
  readonly text: string;
  at(): number;
  /** White space is skipped before it; undefined: something else is there. */
  take(pattern: RegExp): string | undefined;
  /** As `take`, and nothing is skipped before it. */
  takeHere(pattern: RegExp): string | undefined;
  moveTo(at: number): void;
  /** The first reason wins; answers undefined, so that it can be returned. */
  fail(reason: string, at?: number): undefined;
  /** Counts a node of the syntax; false: there are too many. */
  count(): boolean;
  /** What is inside something else; false: it nests too deep. `leave` follows each of them. */
  enter(): boolean;
  leave(): void;
  failure(): NotUnderstood | undefined;
}

/** UTF-16 units. */
export const MAX_TEXT = 4_096;
export const MAX_NODES = 256;
const MAX_DEPTH = 48;

const SPACE = /\s*/y;

export function createSource(text: string): Source {
  let position = 0;
  let nodes = 0;
  let depth = 0;
  let failed: NotUnderstood | undefined;

  function takeHere(pattern: RegExp): string | undefined {
    pattern.lastIndex = position;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) position += found.length;
    return found;
  }

  function fail(reason: string, at = afterSpace()): undefined {
    failed ??= { ok: false, at, reason };
    return undefined;
  }

  function afterSpace(): number {
    SPACE.lastIndex = position;
    return position + (SPACE.exec(text)?.[0].length ?? 0);
  }

  const source: Source = {
    text,
    at: () => position,
    take: (pattern) => {
      const from = position;
      takeHere(SPACE);
      const found = takeHere(pattern);
      if (found === undefined) position = from;
      return found;
    },
    takeHere,
    moveTo: (at) => {
      position = at;
    },
    fail,
    count: () => {
      nodes += 1;
      if (nodes > MAX_NODES) fail(`it has more than ${MAX_NODES} parts`);
      return nodes <= MAX_NODES;
    },
    enter: () => {
      depth += 1;
      if (depth > MAX_DEPTH) fail("it nests too deep");
      return depth <= MAX_DEPTH;
    },
    leave: () => {
      depth -= 1;
    },
    failure: () => failed,
  };
  if (text.length > MAX_TEXT) fail(`it is longer than ${MAX_TEXT.toLocaleString("en")} characters`, MAX_TEXT);
  return source;
}
