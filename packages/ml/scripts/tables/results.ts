import { judgeCicids } from './results-cicids.ts'
import { judgeIot } from './results-iot-23.ts'
import { judgeIscx } from './results-iscx.ts'
import { judgeNslKdd } from './results-nsl-kdd.ts'
import { judgeWestermo } from './results-westermo.ts'
import type { Judge } from './result.ts'

/** Every public table in the order it is reported. */
export const JUDGES: readonly Judge[] = [judgeCicids, judgeIscx, judgeNslKdd, judgeWestermo, judgeIot]
