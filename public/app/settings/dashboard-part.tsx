/** The choices of this browser. */
import { ShortcutChoice, ThemeChoice, UpdateChoice } from "./choices.tsx";

export function DashboardPart() {
  return (
    <>
      <p class="quiet">These are kept in this browser, and change nothing for others.</p>
      <div class="choices">
        <ThemeChoice />
        <UpdateChoice />
        <ShortcutChoice />
      </div>
    </>
  );
}
