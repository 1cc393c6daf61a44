import { expect, test } from 'vitest'
import { ScoreSketch } from './score-sketch.ts'

const hourUs = 3600e6
const startUs = 400_000 * hourUs

/** Numbers from 0 to 1, always the same ones. */
function* uniform(count: number): Generator<number> {
  for (let i = 1; i <= count; i++) yield (i * 0.618_033_988_75) % 1
}

test('before anything was seen a score is what the model says', () => {
  const sketch = new ScoreSketch()
  for (const score of [0, 0.3, 0.9, 0.999, 1]) expect(sketch.rank(score)).toBeCloseTo(score, 9)
})

test('a host like the training data keeps its scores', () => {
  const sketch = new ScoreSketch()
  for (const score of uniform(50_000)) sketch.learn(score, startUs)
  for (const score of [0.1, 0.5, 0.9, 0.99])
    expect(Math.abs(sketch.rank(score) - score)).toBeLessThan(0.025 * (1 - score) + 0.001)
})

test('what is usual here loses its high score within hours, and what never came gets a higher one', () => {
  const sketch = new ScoreSketch()
  for (let hour = 0; hour < 24; hour++) {
    for (let flow = 0; flow < 1000; flow++) sketch.learn(flow % 2 ? 0.2 : 0.96, startUs + hour * hourUs)
  }
  expect(sketch.rank(0.96)).toBeLessThan(0.85)
  expect(sketch.rank(0.98)).toBeGreaterThan(0.99)
})

test('thousands of odd flows within an hour do not become usual', () => {
  const sketch = new ScoreSketch()
  for (const score of uniform(5000)) sketch.learn(score, startUs)
  for (let flow = 0; flow < 20_000; flow++) sketch.learn(0.9995, startUs + hourUs)
  expect(sketch.rank(0.9995)).toBeGreaterThan(0.99)
})

test('ranks rise with scores and stay between 0 and 1, whatever was learned', () => {
  const sketch = new ScoreSketch()
  for (const score of uniform(3000)) sketch.learn(score ** 3, startUs)
  for (const odd of [-1, 2, Number.MIN_VALUE, 1 - 2 ** -40]) sketch.learn(odd, startUs)
  const ranks = Array.from({ length: 1001 }, (_, i) => sketch.rank(i / 1000))
  expect(ranks.every((rank, i) => rank >= 0 && rank <= 1 && (i === 0 || rank >= ranks[i - 1]))).toBe(true)
})

test('what was seen counts half a week later, and comes back from disk the same', () => {
  const sketch = new ScoreSketch()
  for (let flow = 0; flow < 2000; flow++) sketch.learn(0.5, startUs)
  const before = sketch.rank(0.4)
  expect(ScoreSketch.restore(JSON.parse(JSON.stringify(sketch.store()))).rank(0.4)).toBeCloseTo(before, 3)
  sketch.learn(0.5, startUs + 7 * 24 * hourUs)
  expect(sketch.rank(0.4)).toBeGreaterThan(before)
  expect(sketch.rank(0.4)).toBeLessThan(0.4)
})
