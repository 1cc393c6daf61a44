import { setFlagsFromString } from 'node:v8'

/** From so many packets a second on, what large functions save of each is more than they cost to compile. */
const MANY_PACKETS = 20_000

let isRaised = false

/**
 * Lets V8 put the whole packet path into few functions. Its limits are made for code that is called from everywhere; ours
 * is a chain, and each call between its parts checks again what all of them know; parts that few packets reach are called often, too.
 * Measured with `npm run bench -- flow`: a fifth fewer cycles a packet for the sizes, and a seventh fewer instructions
 * for the frequency. To be called before packets come.
 */
export function raiseInliningLimits(): void {
  setFlagsFromString('--min-inlining-frequency=0.02')
  setSizes(1200, 4000)
  isRaised = true
}

/**
 * Raises the limits where that many packets a second come, and else puts sizes back to those of V8 (13.6): code that is asked some
 * thousand times a second never gives back what it takes to compile it into few functions. Measured with
 * `npm run bench -- sensor-1k`: a third less time of V8's compiler in the first two minutes, and no more of the thread.
 */
export function setInliningLimitsFor(packetsASecond: number): void {
  if (packetsASecond >= MANY_PACKETS === isRaised) return
  if (isRaised) setSizes(460, 920)
  else setSizes(1200, 4000)
  isRaised = !isRaised
}

/** Octets of bytecode: of one function that becomes part of another, and of all that become part of it. */
function setSizes(one: number, all: number): void {
  setFlagsFromString(`--max-inlined-bytecode-size=${one}`)
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${all}`)
}
