// Writes the sensor's code for this clone, as `npm start` runs it: plain JavaScript takes 45 MB less than TypeScript that Node
// strips of its types as it loads.
import { LOCAL_SENSOR } from '../setup/paths.mjs'
import { bundleSensorCode } from './sensor-code.ts'

await bundleSensorCode(LOCAL_SENSOR, '../../')
