/** A button that opens a panel above or below it, which closes by Escape, by a click elsewhere and when the focus leaves. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface MenuProps {
  /** `menu`: the panel is above the button; `drop`: below it. */
  readonly kind?: "menu" | "drop";
  readonly class?: string;
  /** What the button shows. */
  readonly button: ComponentChildren;
  readonly buttonClass?: string;
  readonly title?: string;
  /** `data-state` of the button. */
  readonly state?: string;
  readonly panelClass?: string;
  readonly children: (close: () => void) => ComponentChildren;
}

export function Menu(props: MenuProps) {
  const { kind = "menu", class: name = "", button, buttonClass, title, state, panelClass = "", children } = props;
  const isOpen = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const panel = useId();
  const close = () => {
    isOpen.value = false;
  };
  useEffect(() => {
    if (!isOpen.value) return;
    const leave = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      close();
      opener.current?.focus();
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
      document.removeEventListener("keydown", key);
    };
  }, [isOpen.value]);
  return (
    <div class={`${kind} ${name}`} ref={box}>
      <button
        type="button"
        ref={opener}
        class={buttonClass}
        title={title}
        data-state={state}
        aria-expanded={isOpen.value}
        aria-controls={panel}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        {button}
      </button>
      <div class={`${kind}-panel ${panelClass}`} id={panel} hidden={!isOpen.value}>
        {isOpen.value && children(close)}
      </div>
    </div>
  );
}
