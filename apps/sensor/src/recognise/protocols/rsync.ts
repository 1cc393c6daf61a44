import { readLine } from '../byte-text.ts'
import { message } from './message.ts'

/** rsync's daemon: both ends open with "@RSYNCD: " and a version. */
export const rsync = message(
  { name: 'rsync', transport: 'tcp', ports: [873], firstOctets: [0x40] },
  ({ bytes, start, end }, facts) => {
    const match = /^@RSYNCD: (\d+(\.\d+)?)/.exec(readLine(bytes, start, end))
    if (match) facts.set('rsync.version', match[1])
    return match !== null
  },
)
