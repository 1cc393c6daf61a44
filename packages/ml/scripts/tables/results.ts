import { judgeCicids } from './results-cicids.ts'
import { judgeIot } from './results-iot-23.ts'
import { judgeIscx } from './results-iscx.ts'
import { judgeNslKdd } from './results-nsl-kdd.ts'
import { judgeWestermo } from './results-westermo.ts'
import type { Judge } from './result.ts'

/** Every public table by its name on the command line, in the order it is reported. */
export const JUDGES: Readonly<Record<string, Judge>> = {
  cicids: judgeCicids,
  iscx: judgeIscx,
  'nsl-kdd': judgeNslKdd,
  westermo: judgeWestermo,
  'iot-23': judgeIot,
}

/** Those asked for by `--only A,B`; all of them without. Throws for a name that is none. */
export function chosenJudges(only: string | undefined): Judge[] {
  return (only?.split(',') ?? Object.keys(JUDGES)).map((name) => {
    if (Object.hasOwn(JUDGES, name)) return JUDGES[name]
    throw new Error(`--only: no table ${name}; there are ${Object.keys(JUDGES).join(', ')}`)
  })
}
