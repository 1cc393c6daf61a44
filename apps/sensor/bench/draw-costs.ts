export interface Series {
  title: string
  /** Of the horizontal axis. */
  unit: string
  points: readonly (readonly [at: number, value: number])[]
  isLogarithmic: boolean
}

const PANEL = { width: 380, height: 240, left: 56, top: 56, right: 24, bottom: 44 }
const GRID_LINES = 4

/** Line charts side by side with one vertical scale from 0, as an SVG document that reads on light and dark pages. */
export function drawCosts(title: string, series: readonly Series[]): string {
  const highest = Math.max(...series.flatMap(({ points }) => points.map(([, value]) => value)))
  const step = niceStep(highest / GRID_LINES)
  const top = Math.ceil(highest / step) * step
  const panels = series.map(
    (one, i) => `<g transform="translate(${i * PANEL.width} 0)">${drawPanel(one, top, step)}</g>`,
  )
  const width = PANEL.width * series.length
  const style =
    'text{font:12px sans-serif;fill:#57606a}.t{font-weight:600}.g{stroke:#8c959f55}.l{fill:none;stroke:#1f6feb;stroke-width:2}.d{fill:#1f6feb}'
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${PANEL.height}" viewBox="0 0 ${width} ${PANEL.height}">`,
    `<title>${title}</title><style>${style}</style><text class="t" x="12" y="20">${title}</text>`,
    ...panels,
    '</svg>\n',
  ].join('\n')
}

function drawPanel({ title, unit, points, isLogarithmic }: Series, top: number, step: number): string {
  const scale = (at: number): number => (isLogarithmic ? Math.log10(at) : at)
  const ats = points.map(([at]) => scale(at))
  const [first, last] = [Math.min(...ats), Math.max(...ats)]
  const right = PANEL.width - PANEL.right
  const bottom = PANEL.height - PANEL.bottom
  const x = (at: number): number => round(PANEL.left + ((scale(at) - first) / (last - first)) * (right - PANEL.left))
  const y = (value: number): number => round(bottom - (value / top) * (bottom - PANEL.top))
  const lines = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step)
  return [
    `<text x="${PANEL.left}" y="42">${title}</text>`,
    ...lines.map((value) => `<path class="g" d="M${PANEL.left} ${y(value)}H${right}"/>`),
    ...lines.map((value) => `<text x="${PANEL.left - 8}" y="${y(value) + 4}" text-anchor="end">${value}</text>`),
    ...points.map(([at]) => `<text x="${x(at)}" y="${bottom + 18}" text-anchor="middle">${shorten(at)}</text>`),
    `<text x="${right}" y="${bottom + 36}" text-anchor="end">${unit}</text>`,
    `<path class="l" d="M${points.map(([at, value]) => `${x(at)} ${y(value)}`).join('L')}"/>`,
    ...points.map(
      ([at, value]) => `<circle class="d" cx="${x(at)}" cy="${y(value)}" r="3"><title>${value} ns</title></circle>`,
    ),
  ].join('\n')
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? power * 10
}

function shorten(value: number): string {
  return value >= 1_000 && value % 1_000 === 0 ? `${value / 1_000}k` : String(value)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
