import { expect, it } from 'vitest'
import { SignInThrottle } from './sign-in-throttle.ts'

it('refuses after eight failures for the rest of ten minutes, then starts anew', () => {
  let now = 0
  const throttle = new SignInThrottle(() => now)
  for (let i = 0; i < 8; i++) {
    expect(throttle.waitSeconds(['address a', 'account x'])).toBe(0)
    throttle.failed(['address a', 'account x'])
    now += 1000
  }
  expect(throttle.waitSeconds(['address a', 'account y'])).toBe(592)
  expect(throttle.waitSeconds(['address b', 'account x'])).toBe(592)
  expect(throttle.waitSeconds(['address b', 'account y'])).toBe(0)
  now = 600_000
  expect(throttle.waitSeconds(['address a'])).toBeLessThanOrEqual(0)
  throttle.failed(['address a'])
  expect(throttle.waitSeconds(['address a'])).toBe(0)
})

it('forgets failures after a success', () => {
  const throttle = new SignInThrottle(() => 0)
  for (let i = 0; i < 8; i++) throttle.failed(['account x'])
  throttle.succeeded(['account x'])
  expect(throttle.waitSeconds(['account x'])).toBe(0)
})

it('holds a bounded number of keys', () => {
  const throttle = new SignInThrottle(() => 0)
  for (let i = 0; i < 8; i++) throttle.failed(['account victim'])
  for (let i = 0; i < 10_000; i++) throttle.failed([`account ${i}`])
  expect(throttle.waitSeconds(['account victim'])).toBe(0)
})
