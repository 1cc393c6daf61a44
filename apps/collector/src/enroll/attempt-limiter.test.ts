import { expect, test } from 'vitest'
import { AttemptLimiter } from './attempt-limiter.ts'

function limiter(maxAddresses = 100) {
  const clock = { ms: 0 }
  return { clock, limiter: new AttemptLimiter({ burst: 3, refillMs: 1_000, maxAddresses, now: () => clock.ms }) }
}

test('failed attempts of one address run out and come back with time', () => {
  const { clock, limiter: attempts } = limiter()
  expect([1, 2, 3, 4].map(() => attempts.take('192.0.2.1'))).toEqual([true, true, true, false])
  expect(attempts.take('192.0.2.2')).toBe(true)
  clock.ms = 1_000
  expect([1, 2].map(() => attempts.take('192.0.2.1'))).toEqual([true, false])
})

test('successes cost nothing, so a rack behind one address enrols at once', () => {
  const { limiter: attempts } = limiter()
  for (let host = 0; host < 50; host += 1) {
    expect(attempts.take('192.0.2.1')).toBe(true)
    attempts.giveBack('192.0.2.1')
  }
})

test('addresses of one IPv6 /64 share their attempts', () => {
  const { limiter: attempts } = limiter()
  const addresses = ['2001:db8::1', '2001:db8:0:0:1::', '2001:db8:0:0:abcd:1:2:3', '2001:db8::2']
  expect(addresses.map((address) => attempts.take(address))).toEqual([true, true, true, false])
  expect(attempts.take('2001:db8:0:1::1')).toBe(true)
})

test('the memory of addresses is bounded', () => {
  const { limiter: attempts } = limiter(2)
  for (const address of ['a', 'a', 'a', 'b', 'c']) attempts.take(address)
  expect(attempts.take('a')).toBe(true)
})
