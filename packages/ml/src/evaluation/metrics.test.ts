import { expect, test } from 'vitest'
import { accuracy, auc, averagePrecision, confusion, f1AtThreshold, macroF1, perClass } from './index.ts'

// Three classes, ten rows: class 0 has 4 (3 right, 1 as 1), class 1 has 4 (2 right, 2 as 0), class 2 has 2 (1 right, 1 as 1).
const actual = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]
const predicted = [0, 0, 0, 1, 1, 1, 0, 0, 2, 1]
const counts = confusion(actual, predicted, 3)

test('confusion and accuracy', () => {
  expect(counts).toEqual([
    [3, 1, 0],
    [2, 2, 0],
    [0, 1, 1],
  ])
  expect(accuracy(counts)).toBe(0.6)
})

test('precision, recall and F1 of each class, and their mean', () => {
  const [zero, one, two] = perClass(counts)
  expect(zero).toEqual({ precision: 0.6, recall: 0.75, f1: 2 / 3, support: 4 })
  expect(one).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, support: 4 })
  expect(two).toEqual({ precision: 1, recall: 0.5, f1: 2 / 3, support: 2 })
  expect(macroF1(counts)).toBeCloseTo((2 / 3 + 0.5 + 2 / 3) / 3, 12)
})

test('a class without rows and predictions does not count; one only predicted counts as 0', () => {
  expect(
    macroF1([
      [2, 0, 0],
      [0, 2, 0],
      [0, 0, 0],
    ]),
  ).toBe(1)
  expect(
    macroF1([
      [1, 0, 1],
      [0, 2, 0],
      [0, 0, 0],
    ]),
  ).toBeCloseTo((2 / 3 + 1 + 0) / 3, 12)
})

test('area under the ROC curve by hand: 8 of 9 pairs are in order, and a tie counts half', () => {
  expect(auc([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0])).toBeCloseTo(8 / 9, 12)
  expect(auc([1, 1], [0, 1])).toBe(0.5)
  expect(auc([3, 2, 1], [1, 0, 0])).toBe(1)
  expect(auc([1, 2], [1, 1])).toBeNaN()
})

test('average precision by hand', () => {
  // From the top: hit (1/1), miss, hit (2/3), miss: (1 + 2/3) / 2.
  expect(averagePrecision([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0])).toBeCloseTo(5 / 6, 12)
  // A tie of one hit and one miss is taken together.
  expect(averagePrecision([0.5, 0.5], [1, 0])).toBe(0.5)
})

test('F1 at a threshold', () => {
  // Marked 0.9, 0.8, 0.7: two of three are positive, of two positives in all: 2 * 2 / (3 + 2).
  expect(f1AtThreshold([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0], 0.7)).toBe(0.8)
  expect(f1AtThreshold([0.1], [1], 0.5)).toBe(0)
})
