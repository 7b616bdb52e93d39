/**
 * What pointer, fingers and wheel do on a figure's time: one finger or a mouse moves the crosshair, dragging selects,
 * Shift and dragging or two fingers pan, two fingers or Ctrl and wheel zoom. A plain wheel and a vertical swipe stay the page's.
 */

import type { TimeWindow } from "../../range/chart-range.ts";
import { type Finger, panned, pinched, spanOf, zoomed } from "../../range/range-moves.ts";
import type { ChartContext } from "../../series/chart-context.ts";

/** Less is a click with an unsteady hand. */
const DRAG_PX = 8;
const TAP_MS = 300;
const TAP_PX = 24;
/** A notch of a wheel is about 100 px: a fifth of the length. */
const WHEEL_PER_PX = 0.002;
const WHEEL_LINE_PX = 16;

/** The part of the figure that is time, without axis and padding. */
export interface TimeArea {
  readonly left: number;
  readonly width: number;
}

type Drag =
  | { readonly kind: "select" | "pan"; readonly fromX: number; readonly window: TimeWindow; begun: boolean }
  | { readonly kind: "pinch"; readonly window: TimeWindow; readonly held: ReadonlyMap<number, number> };

export function createGestures(areaOf: () => TimeArea, { view, feed, crosshair, selection }: ChartContext) {
  const fingers = new Map<number, number>();
  let drag: Drag | undefined;
  let touchedX = 0;
  let lastTap = { atMs: Number.NEGATIVE_INFINITY, x: 0 };

  const positionOf = (clientX: number): number => {
    const { left, width } = areaOf();
    return width <= 0 ? 0 : (clientX - left) / width;
  };
  const instantAt = (clientX: number, window: TimeWindow = feed.window.peek()): number =>
    window.fromMs + Math.min(Math.max(positionOf(clientX), 0), 1) * spanOf(window);

  function down(event: PointerEvent): void {
    const window = feed.window.peek();
    if (event.pointerType === "touch") {
      fingers.set(event.pointerId, event.clientX);
      touchedX = event.clientX;
      if (fingers.size !== 2) return void (fingers.size === 1 && point(event));
      const held = new Map([...fingers].map(([finger, x]) => [finger, window.fromMs + positionOf(x) * spanOf(window)]));
      drag = { kind: "pinch", window, held };
      crosshair.value = undefined;
    } else if (event.button === 0) {
      drag = { kind: event.shiftKey ? "pan" : "select", fromX: event.clientX, window, begun: false };
    }
  }

  function move(event: PointerEvent & { currentTarget: HTMLElement }): void {
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, event.clientX);
    if (drag === undefined) return point(event);
    if (drag.kind === "pinch") return pinch(drag);
    if (!drag.begun && Math.abs(event.clientX - drag.fromX) < DRAG_PX) return point(event);
    if (!drag.begun) event.currentTarget.setPointerCapture(event.pointerId);
    drag.begun = true;
    const { fromX, window } = drag;
    if (drag.kind === "pan") {
      view.move(window, () => panned(window, positionOf(fromX) - positionOf(event.clientX)));
      crosshair.value = undefined;
      return;
    }
    const [a, b] = [instantAt(fromX, window), instantAt(event.clientX, window)];
    selection.value = { fromMs: Math.min(a, b), toMs: Math.max(a, b) };
    crosshair.value = b;
  }

  function pinch({ window, held }: Drag & { kind: "pinch" }): void {
    const [a, b] = [...held].map(
      ([finger, atMs]): Finger => ({ atMs, position: positionOf(fingers.get(finger) ?? 0) }),
    );
    if (a !== undefined && b !== undefined && fingers.size === 2) view.move(window, () => pinched(window, a, b));
  }

  function point(event: MouseEvent): void {
    crosshair.value = instantAt(event.clientX);
  }

  function up(event: PointerEvent): void {
    const chosen = selection.peek();
    const ended = drag;
    lift(event);
    if (ended?.kind === "pinch" || (ended?.kind === "pan" && ended.begun)) view.settle();
    else if (ended?.kind === "select" && chosen !== undefined) {
      view.move(ended.window, () => chosen);
      view.settle();
      crosshair.value = undefined; // another instant is under the pointer now
    } else if (event.pointerType === "touch") tap(event);
  }

  /** The browser took the fingers for scrolling, or Escape was pressed: as if nothing had been dragged over. */
  function cancel(event?: PointerEvent): void {
    if (drag?.kind === "pinch" || drag?.kind === "pan") view.settle();
    if (event === undefined) drag = undefined;
    else lift(event);
    selection.value = undefined;
  }

  function lift(event: PointerEvent): void {
    fingers.delete(event.pointerId);
    selection.value = undefined;
    // The second of two fingers is not taken for a new drag, nor for one that points.
    if (drag?.kind !== "pinch" || fingers.size === 0) drag = undefined;
  }

  function tap(event: PointerEvent): void {
    if (Math.abs(event.clientX - touchedX) > DRAG_PX) return; // it moved the crosshair
    const again = event.timeStamp - lastTap.atMs < TAP_MS && Math.abs(event.clientX - lastTap.x) < TAP_PX;
    lastTap = { atMs: again ? Number.NEGATIVE_INFINITY : event.timeStamp, x: event.clientX };
    if (again) view.out(feed.window.peek());
  }

  function wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const px = event.deltaY * (event.deltaMode === 0 ? 1 : WHEEL_LINE_PX);
    const position = positionOf(event.clientX);
    point(event);
    view.nudge(feed.window.peek(), (window) =>
      zoomed(window, window.fromMs + position * spanOf(window), Math.exp(px * WHEEL_PER_PX)),
    );
  }

  return { down, move, up, cancel, wheel };
}
