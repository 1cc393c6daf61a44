import type { Queryable } from '../database.ts'
import type { InterfaceThreshold, ThresholdRequest } from '../types/flows.ts'
import { anomalyTails, scoredInterfaces, type ScoredInterface, type TailBin } from './anomaly-tails.ts'

/** Days of flows looked at, and hours of them an interface must have before a day is told from them. */
const DAYS = 7
const LEAST_HOURS = 1
/** The highest anomalies that are read where nothing asks for more, and the most that are: some 7 us each on the embedded engine. */
const READ = { flows: 50_000, most: 100_000 }
/** How many times the anomalies wanted are read, as not every interface has its share of them. */
const TIMES_WANTED = 4

/**
 * By interface of every sensor that is not retired: the threshold that so many anomalies a day come to, and how many flows of the last week
 * reached it. Wanted are `aDay` flows of each sensor, evenly among its interfaces, as sensors solve it themselves, scans left out.
 * An interface with less than an hour of scored flows, and all of them where `aDay` is 0, has the `threshold` given. Those of which most
 * would have been told come first.
 *
 * Only the highest anomalies are read, as many as are wanted four times over and at least 50,000; where that is more than 100,000, those of
 * the last part of the week alone, taken for all of it. What lies below them is taken to be as anomalies are made: 0.9 and more for one
 * flow in ten.
 */
export async function anomalyThresholds(
  db: Queryable,
  request: ThresholdRequest,
  read = READ,
): Promise<InterfaceThreshold[]> {
  const threshold = Math.fround(request.threshold)
  const interfaces = await scoredInterfaces(db, DAYS)
  const wanted = wantedBy(interfaces, request.aDay)
  const total = sumOf(interfaces.map(({ flows }) => flows))
  const isKept = interfaces.some((one) => !isSolvable(one, request))
  const tail = Math.max(read.flows, TIMES_WANTED * sumOf([...wanted.values()]))
  const floor = Math.max(0, Math.min(1 - tail / total, isKept ? threshold : 1))
  const share = Math.min(1, read.most / (total * (1 - floor)))
  const bins = Map.groupBy(await anomalyTails(db, { days: DAYS * share, floor, threshold }), keyOf)
  const rows = interfaces.map((one) => {
    const tailOf = { bins: bins.get(keyOf(one)) ?? [], share, isWhole: floor === 0 }
    const isSolved = isSolvable(one, request)
    return { ...one, isSolved, ...(isSolved ? solve(one, wanted.get(one) ?? 0, tailOf) : keep(threshold, tailOf)) }
  })
  return rows.sort((a, b) => b.fired - a.fired || compare(a.hostname, b.hostname) || compare(keyOf(a), keyOf(b)))
}

interface Tail {
  /** The rarest first. */
  bins: readonly TailBin[]
  /** Of the week. */
  share: number
  /** Whether it is all there is. */
  isWhole: boolean
}

type Answer = Pick<InterfaceThreshold, 'threshold' | 'fired' | 'isEstimated'>

/** The lowest threshold that no more than the wanted flows reach. */
function solve({ flows }: ScoredInterface, wanted: number, { bins, share, isWhole }: Tail): Answer {
  let fired = 0
  let threshold: number | null = null
  for (const bin of bins) {
    if (fired + bin.flows / share > wanted) return { threshold, fired, isEstimated: share < 1 }
    fired += bin.flows / share
    threshold = bin.low
  }
  if (isWhole || wanted <= fired) return { threshold, fired, isEstimated: share < 1 }
  const reached = Math.round(Math.min(wanted, flows))
  return { threshold: Math.min(threshold ?? 1, 1 - reached / flows), fired: reached, isEstimated: true }
}

function keep(threshold: number, { bins, share }: Tail): Answer {
  return { threshold, fired: sumOf(bins.map(({ fixed }) => fixed)) / share, isEstimated: share < 1 }
}

const isSolvable = ({ days }: ScoredInterface, { aDay }: ThresholdRequest): boolean =>
  aDay > 0 && days * 24 >= LEAST_HOURS

/** Flows wanted of each interface in its time. */
function wantedBy(interfaces: readonly ScoredInterface[], aDay: number): Map<ScoredInterface, number> {
  const ofSensor = Map.groupBy(interfaces, ({ sensorId }) => sensorId)
  return new Map(interfaces.map((one) => [one, (aDay / ofSensor.get(one.sensorId)!.length) * one.days]))
}

const keyOf = (one: { sensorId: string; interface: string }): string => `${one.sensorId} ${one.interface}`
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
