/** What a sensor costs where next to nothing happens: `npm run bench -- sensor-idle [SECONDS]`. Goal: 120 MB, 1 % of a core. */
import { benchSensor } from './sensor-usage.ts'

await benchSensor('sensor-idle', 0, Number(process.argv[2] ?? 30))
