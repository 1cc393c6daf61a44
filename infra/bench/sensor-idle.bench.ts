/** What a sensor costs where next to nothing happens: `npm run bench -- sensor-idle [SECONDS] [--profile]`. Goal: 120 MB, 1 % of a core. */
import { benchSensor } from './sensor-usage.ts'

await benchSensor('sensor-idle', 0, process.argv.slice(2))
