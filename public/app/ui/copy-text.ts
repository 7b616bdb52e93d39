/** Copies text, also on pages without a secure context; answers whether it was copied or only selected. */

/** `selected`: nothing could be copied, but the text is selected for the reader to copy. */
export type CopyOutcome = "copied" | "selected";

export async function copyText(source: HTMLElement): Promise<CopyOutcome> {
  const text = source.textContent ?? "";
  try {
    // `http://192.168…` has no clipboard at all, and a browser may refuse the one that it has.
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    return copyByCommand(text) ? "copied" : select(source);
  }
}

function copyByCommand(text: string): boolean {
  const box = document.createElement("textarea");
  box.value = text;
  box.readOnly = true;
  box.style.cssText = "position:fixed;top:0;left:-100vw";
  const focused = document.activeElement;
  document.body.append(box);
  box.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    box.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}

function select(source: HTMLElement): CopyOutcome {
  getSelection()?.selectAllChildren(source);
  return "selected";
}
