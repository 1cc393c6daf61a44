import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { ROOT } from '../setup/paths.mjs'
import { sourceLocation } from './source-location.ts'

/** Native packages stay packages; `cap` is left out, since the ring needs no libpcap. */
const EXTERNAL = ['onnxruntime-node', 'onnxruntime-common', 'cap']

const SENSOR = join(ROOT, 'apps', 'sensor', 'src')

/**
 * Writes the sensor's code, with what it imports, as JavaScript into `target`; gives the name of the main file. `base` leads
 * from there to the folder that holds `apps`, `packages` and `node_modules`. Where it is to be read, each module begins with a line
 * `// FILE`.
 */
export async function bundleSensorCode(target: string, base = './', isToBeRead = false): Promise<string> {
  const build = await rolldown({
    input: { sensor: join(SENSOR, 'main.ts'), 'ring-thread': join(SENSOR, 'capture', 'fanout', 'ring-thread-main.ts') },
    platform: 'node',
    external: EXTERNAL,
    plugins: [sourceLocation(ROOT, base)],
    logLevel: 'warn',
    onLog: (level, log, print) => {
      // Packages for browsers and Node alike carry branches that never run here.
      if (log.code !== 'EVAL' && log.code !== 'CIRCULAR_DEPENDENCY') print(level, log)
    },
  })
  const { output } = await build.write({
    dir: target,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    minify: isToBeRead ? false : { compress: true, mangle: false },
  })
  await build.close()
  const entry = output.find((chunk) => chunk.type === 'chunk' && chunk.isEntry && chunk.name === 'sensor')
  return entry?.fileName ?? 'sensor.mjs'
}
