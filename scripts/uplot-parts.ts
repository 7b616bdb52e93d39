/** Leaves out of uPlot what the dashboard has of its own or never uses: legend, cursor, selection, clock times, other scales and other lines. */
import type { Plugin } from "vite";

/** Each from the first text up to the second, which stays. */
const LEFT_OUT: readonly [string, string][] = [
  ["const months = [", "//export const series"],
  ["const NL = ", "const axisLines = {"],
  ["const cursorPlots = new Set();", "\tconst linearPath = linear()".trim()],
  ['\ton("click", wrap, e => {', "\tconst under = self.under"],
  ["//\tself.tz = opts.tz", "\tlet fullWidCss = 0;"],
  ["\tif (cursor.dataIdx == null) {", "\tfunction initSeries(s, i) {"],
  ["\t\tif (mode == 1 || i > 0) {\n\t\t\tlet isTime", "\t\tif (cursorOnePt || i > 0) {"],
  ["\t\tif (showLegend) {\n\t\t\tlet rowCells", '\t\tfire("addSeries", i);'],
  ["\tfunction addSeries(", "\tconst sidesWithAxes ="],
  ["\t\t\tshouldSetCursor = shouldSetCursor || ", "\t\t\tcommit();\n\t\t}\n\t}\n\n\tself.setData"],
  [
    "\t\t\tif (showCursor && cursor.left >= 0)\n",
    "\t\t}\n\n\t\tfor (let k in pendScales)\n\t\t\tpendScales[k] = null;",
  ],
  ["\t\t\tsyncRect(true);\n", "\t\t\tif (\n\t\t\t\tplotLftCss != _plotLftCss"],
  ["\t\t\t\tlet pctWid = ", "\t\t\t\t_plotLftCss = plotLftCss;"],
  ["\t\tif (select.show && shouldSetSelect) {", "\t\tif (!ready) {"],
  ["//\tINTERACTION", "\tfunction _setScale(key, min, max) {"],
  ["\tfunction setSeries(i, opts", "\tfunction posToVal(pos, scale, can) {"],
  ["\tself.setCursor = (opts", "\tfunction syncPxRatio() {"],
  ["\t// internal pub/sub", "\t// external on/off"],
  ["\t(opts.plugins || []).forEach(p => {\n\t\tfor (let evName", "\tfunction destroy() {"],
  ["\t\tsync.unsub(self);", "\t\toff(dppxchange, win, syncPxRatio);"],
  ["\t\tlegendTable?.remove();", '\t\tfire("destroy");'],
  ["\t\tshouldSetSelect = select.show", "\t\t_setSize(opts.width, opts.height);"],
  ["uPlot.assign = assign;", "uPlot.pxRatio = pxRatio;"],
  ["{\n\tuPlot.join = join;", "export { uPlot as default };"],
];

/** What the options of public/app/chart/plot/plot.ts say once for all. */
const SETTLED: readonly [RegExp, string][] = [
  [/\bmode == 1\b/g, "true"],
  [/\bmode == 2\b/g, "false"],
  [/\b(?:(?:sc|wsc|scale)\.distr|distr|xScaleDistr) (?:==|>=) (?:2|3|4|100)\b/g, "false"],
  [/\bscaleX\.ori == 0\b/g, "true"],
  [/\b(?:scaleX\.time|sc\.time|cursorOnePt|ticks\.show|border\.show)\b/g, "false"],
  [/\b(?:sc|wsc|scaleOpts)\.from != null|\baxis\.label != null/g, "false"],
  [/\b(?:sc|wsc)\.from == null/g, "true"],
  [/\blet isTime = false;/g, ""],
  [/\bisTime\b/g, "false"],
  [/\bseries\.some\(s => s\._focus\) && ctxAlpha != focus\.alpha/g, "false"],
  [/\bopts\.plugins\b/g, "null"],
  [/\brangeNum\((_min|dataMin), (_max|dataMax), (?:rangePad, true|cfg)\)/g, "[$1, $2]"],
];

function withoutPart(source: string, first: string, next: string): string {
  const start = source.indexOf(first);
  const end = source.indexOf(next, start);
  if (start < 0 || end < 0) throw new Error(`uPlot has no ${JSON.stringify(first)} before ${JSON.stringify(next)}`);
  return source.slice(0, start) + source.slice(end);
}

function slim(source: string): string {
  let text = source;
  for (const [first, next] of LEFT_OUT) text = withoutPart(text, first, next);
  for (const [pattern, value] of SETTLED) {
    if (text.search(pattern) < 0) throw new Error(`uPlot has nothing like ${pattern}`);
    text = text.replace(pattern, value);
  }
  return text;
}

export const uplotParts: Plugin = {
  name: "uplot-parts",
  transform: (code, id) => (/\/uplot\/dist\/uPlot\.esm\.js$/.test(id) ? { code: slim(code), map: null } : null),
};
