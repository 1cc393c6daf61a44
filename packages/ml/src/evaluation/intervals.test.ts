import { expect, test } from 'vitest'
import { createRandom } from '../training/random.ts'
import { auc } from './ranking-metrics.ts'
import { compareAuc, compareMacroF1, wilsonInterval } from './index.ts'

/** Scores that overlap: unusual rows lie `shift` higher; every row its own block. */
function scored(count: number, shift: number, seed: number) {
  const random = createRandom(seed)
  const positive = Array.from({ length: count }, (_, i) => i % 4 === 0)
  const scores = positive.map((is) => random() + random() + (is ? shift : 0))
  return { scores, positive, blocks: scores.map((_, i) => i) }
}

test('the interval of an area holds the true one in about 95 of 100 samples', () => {
  const { scores, positive } = scored(200_000, 0.4, 1)
  const truth = auc(scores, positive)
  let held = 0
  for (let sample = 0; sample < 200; sample++) {
    const { scores, positive, blocks } = scored(400, 0.4, 100 + sample)
    const { first } = compareAuc([scores], positive, blocks)
    expect(first.value).toBeCloseTo(auc(scores, positive), 12)
    if (first.low <= truth && truth <= first.high) held++
  }
  expect(held).toBeGreaterThanOrEqual(182)
  expect(held).toBeLessThanOrEqual(198)
})

test('the difference of two models on the same rows is known better than either', () => {
  const { scores, positive, blocks } = scored(1000, 0.5, 2)
  const random = createRandom(3)
  const worse = scores.map((score) => score + random() * 2)
  const { first, second, difference } = compareAuc([scores, worse], positive, blocks)
  expect(difference?.value).toBeCloseTo(first.value - (second?.value ?? 0), 12)
  expect(difference?.low).toBeGreaterThan(0)
  expect(difference!.high - difference!.low).toBeLessThan(first.high - first.low + second!.high - second!.low)
  expect(compareAuc([scores, scores], positive, blocks).difference).toEqual({ value: 0, low: 0, high: 0 })
})

test('rows that repeat each other say no more than one of them', () => {
  const { scores, positive, blocks } = scored(300, 0.5, 4)
  const ten = <T>(list: readonly T[]) => Array.from({ length: 10 }, () => list).flat()
  const once = compareAuc([scores], positive, blocks).first
  const asIfApart = compareAuc(
    [ten(scores)],
    ten(positive),
    ten(scores).map((_, i) => i),
  ).first
  const together = compareAuc([ten(scores)], ten(positive), ten(blocks)).first
  const width = ({ low, high }: { low: number; high: number }) => high - low
  expect(width(asIfApart)).toBeLessThan(width(once) / 2)
  expect(width(together)).toBeCloseTo(width(once), 6)
})

test('macro-F1: the same draws for both models, the same for the same seed', () => {
  const random = createRandom(5)
  const actual = Array.from({ length: 600 }, () => Math.floor(random() * 3))
  const wrong = (share: number) => actual.map((label) => (random() < share ? (label + 1) % 3 : label))
  const [good, bad] = [wrong(0.1), wrong(0.25)]
  const blocks = actual.map((_, i) => Math.floor(i / 5))
  const compared = compareMacroF1([good, bad], actual, blocks, { classes: 3, seed: 1 })
  expect(compared.difference?.low).toBeGreaterThan(0)
  expect(compared.first.low).toBeLessThan(compared.first.value)
  expect(compared.first.high).toBeGreaterThan(compared.first.value)
  expect(compareMacroF1([good, bad], actual, blocks, { classes: 3, seed: 1 })).toEqual(compared)
  expect(compareMacroF1([good, good], actual, blocks, { classes: 3, seed: 1 }).difference).toEqual({
    value: 0,
    low: 0,
    high: 0,
  })
})

test('Wilson intervals of shares, as published tables have them', () => {
  expect(wilsonInterval(8, 10).low).toBeCloseTo(0.4902, 4)
  expect(wilsonInterval(8, 10).high).toBeCloseTo(0.9433, 4)
  expect(wilsonInterval(0, 20)).toMatchObject({ value: 0, low: 0 })
  expect(wilsonInterval(0, 0)).toMatchObject({ low: 0, high: 1 })
})
