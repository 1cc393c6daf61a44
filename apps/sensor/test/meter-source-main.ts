import { makeSource, meterSource } from './meter-source.ts'

// Run in a namespace of its own: KIND TARGET COUNT. Prints "open" when packets may be sent, then what was metered.
const print = (text: string): boolean => process.stdout.write(`${text}\n`)
const [kind, target, count] = process.argv.slice(2)
const result = await meterSource(makeSource(kind, target), Number(count), () => print('open'))
print(JSON.stringify(result))
