/** What the window of the list knows of the browser: which part of the list is in sight, which row has the focus, and whether somebody points at it. */
import { type ReadonlySignal, useSignal, useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { isHeld } from "./list/list-reader.ts";

export interface Viewport {
  readonly widthPx: number;
  /** Of what is in sight, from the list's top. */
  readonly fromPx: number;
  readonly toPx: number;
}

/** The rows around what is in sight make it unnecessary to follow each pixel. */
const STEP_PX = 96;

export function useViewport(box: RefObject<HTMLElement | null>): ReadonlySignal<Viewport> {
  const viewport = useSignal<Viewport>({ widthPx: 0, fromPx: 0, toPx: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    let frame: number | undefined;
    const measure = () => {
      frame = undefined;
      const { top, width } = element.getBoundingClientRect();
      const fromPx = Math.floor(-top / STEP_PX) * STEP_PX;
      const next = { widthPx: width, fromPx, toPx: fromPx + Math.ceil(innerHeight / STEP_PX + 1) * STEP_PX };
      const now = viewport.peek();
      if (now.widthPx !== width || now.fromPx !== fromPx || now.toPx !== next.toPx) viewport.value = next;
    };
    const soon = () => {
      frame ??= requestAnimationFrame(measure);
    };
    measure();
    const resized = new ResizeObserver(soon);
    resized.observe(element);
    resized.observe(document.body);
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    return () => {
      resized.disconnect();
      removeEventListener("scroll", soon);
      removeEventListener("resize", soon);
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, []);
  return viewport;
}

/** Id of the device of which a link has the focus. */
export function useFocusedRow(box: RefObject<HTMLElement | null>): ReadonlySignal<string | undefined> {
  const focused = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const element = box.current;
    const changed = ({ type, target, relatedTarget }: FocusEvent) => {
      const to = type === "focusin" ? target : relatedTarget;
      const row = to instanceof Element && element?.contains(to) ? to.closest<HTMLElement>("[data-row-id]") : null;
      focused.value = row?.dataset["rowId"];
    };
    element?.addEventListener("focusin", changed);
    element?.addEventListener("focusout", changed);
    return () => {
      element?.removeEventListener("focusin", changed);
      element?.removeEventListener("focusout", changed);
    };
  }, []);
  return focused;
}

/** Keeps the order of the list while a mouse is over it, or the focus is in it. */
export function useHold(focused: ReadonlySignal<string | undefined>) {
  const isPointed = useSignal(false);
  useSignalEffect(() => {
    isHeld.value = isPointed.value || focused.value !== undefined;
  });
  useEffect(
    () => () => {
      isHeld.value = false;
    },
    [],
  );
  return {
    onPointerEnter: ({ pointerType }: PointerEvent) => {
      isPointed.value = pointerType === "mouse";
    },
    onPointerLeave: () => {
      isPointed.value = false;
    },
  };
}
