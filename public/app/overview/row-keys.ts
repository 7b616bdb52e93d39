/** Arrow keys move the focus between the links of the devices, and between their checkboxes while some are selected. */

const STEPS: Readonly<Record<string, (columns: number) => number>> = {
  ArrowDown: (columns) => columns,
  ArrowUp: (columns) => -columns,
  ArrowRight: () => 1,
  ArrowLeft: () => -1,
};

export function moveFocus(event: KeyboardEvent, box: HTMLElement | null, columns: number): void {
  const step = STEPS[event.key]?.(columns);
  if (step === undefined || box === null || !(event.target instanceof HTMLElement)) return;
  const kind = event.target.matches("[data-select]") ? "[data-select]" : "[data-row]";
  const links = [...box.querySelectorAll<HTMLElement>(kind)];
  const index = links.indexOf(event.target);
  if (index < 0) return;
  const to = links[Math.min(links.length - 1, Math.max(0, index + step))];
  event.preventDefault();
  to?.focus();
}
