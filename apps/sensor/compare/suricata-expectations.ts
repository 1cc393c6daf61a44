/** One check of a suricata-verify case: an event of `type` with these fields is expected. */
export interface ExpectedEvent {
  type: string
  fields: [name: string, value: string][]
}

/**
 * The events that a `test.yaml` expects: its checks have the shape `- filter:`, `count: N`, `match:` and lines of name and value
 * below that. Checks that expect none (count 0), of other shapes, and those for another version than the newest are left out.
 */
export function readExpectations(yaml: string): ExpectedEvent[] {
  return yaml
    .split(/^\s*- filter:/m)
    .slice(1)
    .flatMap(readFilter)
}

function readFilter(block: string): ExpectedEvent[] {
  const isFor = !/^\s*(lt-version|version):/m.test(block)
  const isNone = /^\s*count:\s*0\b/m.test(block)
  const match = /^( *)match:[^\n]*\n((?:\1 +[^\n]*\n?|\s*\n)*)/m.exec(block)
  if (!isFor || isNone || !match) return []
  // A value that goes on in the next line is one line.
  const lines = match[2].replace(/\n\s+(?![\w.[\]-]+:(\s|$))(?=\S)/g, ' ').split('\n')
  const fields = lines.flatMap((line): [string, string][] => {
    const pair = /^\s*([\w.[\]-]+):\s+(\S.*?)\s*$/.exec(line)
    return pair ? [[pair[1], unquote(pair[2])]] : []
  })
  const type = fields.find(([name]) => name === 'event_type')?.[1] ?? ''
  return [{ type, fields: fields.filter(([name]) => name.startsWith(`${type}.`)) }]
}

function unquote(value: string): string {
  const quoted = /^(['"])(.*)\1$/.exec(value)
  if (!quoted) return value.replace(/\s+#.*$/, '')
  return quoted[1] === '"' ? quoted[2].replaceAll('\\\\', '\\') : quoted[2]
}
