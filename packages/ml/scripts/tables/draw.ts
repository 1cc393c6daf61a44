import type { EpochErrors } from '../../src/autoencoder/index.ts'

const [WIDTH, HEIGHT, LEFT, TOP] = [420, 420, 60, 20]
const COLOURS = ['#2563eb', '#d97706', '#059669', '#dc2626']

/** ROC curves, share of attacks found over share of usual rows marked, of scores by name. */
export function drawRoc(curves: Record<string, ArrayLike<number>>, positive: readonly boolean[]): string {
  const lines = Object.entries(curves).map(([name, scores], i) => {
    const points = rocPoints(scores, positive).map(([x, y]) => [x, y] as const)
    return polyline(points, COLOURS[i]) + legend(name, i)
  })
  const axes = axisLabels('share of usual flows marked', 'share of attacks found', ['0', '1'], ['0', '1'])
  return svg(axes + polyline([[0, 0], [1, 1]], '#9ca3af') + lines.join('')) // prettier-ignore
}

/** A measure over the number of rows learned from, the rows on a logarithmic scale. */
export function drawLearning(points: readonly { rows: number; value: number }[], measure: string): string {
  const logs = points.map(({ rows }) => Math.log(rows))
  const [least, most] = [Math.min(...logs), Math.max(...logs)]
  const placed = points.map(({ value }, i) => [(logs[i] - least) / (most - least), value] as const)
  const dots = placed.map(([x, y], i) => {
    const { rows, value } = points[i]
    const [cx, cy] = place(x, y)
    return `<circle cx="${cx}" cy="${cy}" r="3"/>${label(cx, cy + 18, `${value.toFixed(3)} (${rows})`, i === 0 ? 'start' : 'end')}`
  })
  return svg(axisLabels('rows learned from', measure, [], ['0', '1']) + polyline(placed, COLOURS[0]) + dots.join(''))
}

/** Mean error by pass over the rows, of those learned from and of those held out, from 0 to the largest. */
export function drawEpochs(epochs: readonly EpochErrors[]): string {
  const most = Math.max(...epochs.flatMap(({ learned, held }) => [learned, held]))
  const last = Math.max(1, epochs.length - 1)
  const lines = (['learned', 'held'] as const).map((part, i) => {
    const points = epochs.map((epoch, at) => [at / last, epoch[part] / most] as const)
    return polyline(points, COLOURS[i]) + legend(part === 'held' ? 'held out' : 'learned from', i, 1)
  })
  const axes = axisLabels(
    'pass over the rows',
    'mean squared error',
    ['1', String(epochs.length)],
    ['0', most.toFixed(2)],
  )
  return svg(axes + lines.join(''))
}

/** Counts by actual class (rows) and predicted class (columns); the darker, the larger the share of the row. */
export function drawConfusion(counts: readonly (readonly number[])[], classes: readonly string[]): string {
  const [cell, margin] = [34, 170]
  const size = margin + cell * classes.length + 10
  const cells = counts.flatMap((row, actual) => {
    const all = Math.max(1, row.reduce((sum, count) => sum + count, 0)) // prettier-ignore
    return row.map((count, predicted) => {
      const [x, y] = [margin + predicted * cell, margin + actual * cell]
      const fill = `fill="#2563eb" fill-opacity="${(count / all).toFixed(3)}"`
      const text = count > 0 ? label(x + cell / 2, y + cell / 2 + 4, String(count), 'middle', count / all > 0.5) : ''
      return `<rect x="${x}" y="${y}" width="${cell}" height="${cell}" ${fill} stroke="#e5e7eb"/>${text}`
    })
  })
  const names = classes.flatMap((name, i) => {
    const at = margin + i * cell + cell / 2 + 4
    const turned = `<g transform="translate(${at} ${margin - 8}) rotate(-60)">${label(0, 0, name, 'start')}</g>`
    return [label(margin - 8, at, name, 'end'), turned]
  })
  return svg(cells.join('') + names.join(''), size, size)
}

function rocPoints(scores: ArrayLike<number>, positive: readonly boolean[]): [number, number][] {
  const order = Array.from(positive, (_, i) => i).sort((a, b) => scores[b] - scores[a])
  const positives = positive.filter(Boolean).length
  const points: [number, number][] = [[0, 0]]
  let [found, marked] = [0, 0]
  order.forEach((row, i) => {
    if (positive[row]) found++
    else marked++
    const isTied = i + 1 < order.length && scores[order[i + 1]] === scores[row]
    const at: [number, number] = [marked / (order.length - positives), found / positives]
    const last = points[points.length - 1]
    const isFar = Math.abs(at[0] - last[0]) + Math.abs(at[1] - last[1]) > 0.005
    if (i + 1 === order.length || (!isTied && isFar)) points.push(at)
  })
  return points
}

const place = (x: number, y: number): [number, number] => [
  LEFT + x * (WIDTH - 80),
  HEIGHT - 50 - y * (HEIGHT - 50 - TOP),
]

function polyline(points: readonly (readonly [number, number])[], colour: string): string {
  const path = points.map(([x, y]) => place(x, y).map((value) => value.toFixed(1)).join(',')).join(' ') // prettier-ignore
  return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${path}"/>`
}

function axisLabels(across: string, up: string, ticksAcross: string[], ticksUp: string[]): string {
  const [left, bottom] = place(0, 0)
  const [right, top] = place(1, 1)
  const frame = `<rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" fill="none" stroke="#6b7280"/>`
  const turned = `<g transform="translate(16 ${(top + bottom) / 2}) rotate(-90)">${label(0, 0, up, 'middle')}</g>`
  const marks = [
    ...ticksAcross.map((text, i) => label(place(i, 0)[0], bottom + 16, text, 'middle')),
    ...ticksUp.map((text, i) => label(left - 6, place(0, i)[1] + 4, text, 'end')),
  ]
  return frame + label((left + right) / 2, bottom + 34, across, 'middle') + turned + marks.join('')
}

/** From the bottom up, or where `height` is 1 from the top down. */
function legend(name: string, i: number, height: 0 | 1 = 0): string {
  const [right, edge] = place(1, height)
  const y = height === 0 ? edge - 12 - i * 18 : edge + 20 + i * 18
  return `<rect x="${right - 12}" y="${y - 8}" width="8" height="8" fill="${COLOURS[i]}"/>${label(right - 18, y, name, 'end')}`
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end', isLight = false): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${x}" y="${y}" text-anchor="${anchor}"${isLight ? ' fill="#ffffff"' : ''}>${escaped}</text>`
}

function svg(content: string, width = WIDTH, height = HEIGHT): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`
  return `${head} font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#ffffff"/>${content}</svg>\n`
}
