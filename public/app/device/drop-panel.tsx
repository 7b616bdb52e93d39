/** A button that opens a panel below itself; Escape, a click elsewhere and the focus elsewhere close it. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface DropPanelProps {
  class: string;
  button: ComponentChildren;
  /** Drawn while it is open. */
  children: (close: () => void) => ComponentChildren;
  onOpen?: () => void;
}

export function DropPanel({ class: name, button: words, children, onOpen }: DropPanelProps) {
  const open = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useId();
  const close = () => {
    open.value = false;
  };
  useEffect(() => {
    const leave = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !open.peek()) return;
      close();
      button.current?.focus();
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
      document.removeEventListener("keydown", key);
    };
  }, []);
  return (
    <div class={`drop ${name}`} ref={box}>
      <button
        type="button"
        ref={button}
        aria-expanded={open.value}
        aria-controls={panel}
        onClick={() => {
          open.value = !open.value;
          if (open.value) onOpen?.();
        }}
      >
        {words}
      </button>
      <div class={`drop-panel ${name}-panel`} id={panel} hidden={!open.value}>
        {open.value && children(close)}
      </div>
    </div>
  );
}
