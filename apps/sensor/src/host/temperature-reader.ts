import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Drivers of hwmon whose sensors are in the processor, or beside it. */
const PROCESSOR_DRIVERS = new Set(['coretemp', 'k10temp', 'zenpower', 'k8temp', 'cpu_thermal', 'scpi_sensors'])
const MILLI = 1000

/**
 * The temperature of the hottest sensor of the processor, degrees Celsius: of its driver in /sys/class/hwmon (sysfs-class-hwmon), else of
 * the thermal zones named for it (sysfs-class-thermal); undefined where there is none. Starts no program.
 */
export async function readTemperature(sys = '/sys'): Promise<number | undefined> {
  const drivers = await readFolders(join(sys, 'class/hwmon'), 'name', (name) => PROCESSOR_DRIVERS.has(name))
  const inputs = await Promise.all(drivers.map(async (folder) => inputsOf(folder, await listed(folder))))
  const zones = await readFolders(join(sys, 'class/thermal'), 'type', (type) => /cpu|x86_pkg/i.test(type))
  const hottest = (await hottestOf(inputs.flat())) ?? (await hottestOf(zones.map((zone) => join(zone, 'temp'))))
  return hottest === undefined ? undefined : hottest / MILLI
}

const inputsOf = (folder: string, names: readonly string[]): string[] =>
  names.filter((name) => /^temp\d+_input$/.test(name)).map((name) => join(folder, name))

/** Folders below one whose file of that name says what is wanted. */
async function readFolders(folder: string, file: string, isWanted: (text: string) => boolean): Promise<string[]> {
  const folders: string[] = []
  for (const name of await listed(folder)) {
    const text = await readFile(join(folder, name, file), 'utf8').catch(() => '')
    if (isWanted(text.trim())) folders.push(join(folder, name))
  }
  return folders
}

const listed = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

async function hottestOf(files: readonly string[]): Promise<number | undefined> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')))
  const values = texts.map(Number).filter((value) => value > 0)
  return values.length > 0 ? Math.max(...values) : undefined
}
