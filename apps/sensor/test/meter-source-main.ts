import { makeSource, meterSource } from './meter-source.ts'

// Run in a namespace of its own: KIND TARGET COUNT [SETTINGS], as JSON. Prints "open" when packets may be sent, then what was metered.
const print = (text: string): boolean => process.stdout.write(`${text}\n`)
const [kind, target, count, settings = '{}'] = process.argv.slice(2)
const result = await meterSource(makeSource(kind, target, JSON.parse(settings)), Number(count), () => print('open'))
print(JSON.stringify(result))
