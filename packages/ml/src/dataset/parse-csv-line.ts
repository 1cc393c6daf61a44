/** The fields of one CSV line (RFC 4180, without line breaks inside quotes). */
export function parseCsvLine(line: string, separator = ','): string[] {
  if (!line.includes('"')) return line.split(separator)
  const fields: string[] = []
  let field = ''
  let isQuoted = false
  for (let i = 0; i < line.length; i++) {
    const character = line[i]
    if (isQuoted) {
      if (character !== '"') field += character
      else if (line[i + 1] === '"') field += line[++i]
      else isQuoted = false
    } else if (character === '"') isQuoted = true
    else if (character === separator) {
      fields.push(field)
      field = ''
    } else field += character
  }
  fields.push(field)
  return fields
}
