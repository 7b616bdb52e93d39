/** A QR code, drawn dark on light in both themes: some cameras read no other. */
import { correction, generate } from "lean-qr/nano";
import { useMemo } from "preact/hooks";

/** Modules of free space that a reader needs around it. */
const QUIET = 4;

export function QrCode({ text, label }: { text: string; label: string }) {
  const { path, size } = useMemo(() => drawingOf(text), [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} data-qr={text}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}

function drawingOf(text: string): { path: string; size: number } {
  const code = generate(text, { minCorrectionLevel: correction.M });
  const rows = Array.from({ length: code.size }, (_, y) =>
    Array.from({ length: code.size }, (__, x) => (code.get(x, y) ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "")).join(""),
  );
  return { path: rows.join(""), size: code.size + 2 * QUIET };
}
