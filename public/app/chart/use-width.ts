/** The width of an element in CSS px, as it changes. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

export function useWidthPx(element: { current: HTMLElement | null }, likelyPx: number): ReadonlySignal<number> {
  const width = useSignal(likelyPx);
  useEffect(() => {
    const box = element.current;
    if (box === null) return;
    const observer = new ResizeObserver(() => {
      if (box.clientWidth > 0) width.value = box.clientWidth;
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return width;
}
