/** What a sensor costs at 1,000 new flows a second: `npm run bench -- sensor-1k [SECONDS] [--profile]`. Goal: 150 MB, 5 % of a core. */
import { benchSensor } from './sensor-usage.ts'

await benchSensor('sensor-1k', 1000, process.argv.slice(2))
