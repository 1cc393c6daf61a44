import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const README = fileURLToPath(new URL('../README.md', import.meta.url))

/** Puts the lines between the marks `<!-- NAME -->` and `<!-- /NAME -->` of the sensor's README. */
export function writeReadmeSection(name: string, lines: readonly string[]): void {
  const text = readFileSync(README, 'utf8')
  const marks = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!marks.test(text)) throw new Error(`the sensor's README has no section ${name}`)
  writeFileSync(
    README,
    text.replace(marks, (_, start: string, end: string) => `${start}\n${lines.join('\n')}\n\n${end}`),
  )
}

/** Rows as a table of Markdown; the first is the head. */
export function toMarkdownTable(rows: readonly (readonly (string | number)[])[]): string[] {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
  return [line(rows[0]), line(rows[0].map(() => '---')), ...rows.slice(1).map(line)]
}
