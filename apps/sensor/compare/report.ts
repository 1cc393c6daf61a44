import { toMarkdownTable } from './readme-section.ts'

type Row = Record<string, unknown>

const percent = (share: unknown): string => `${(Number(share) * 100).toFixed(1)} %`

/** What the README says of the comparison with nDPI, from its rows. */
export function reportNdpi(rows: readonly Row[]): string[] {
  const summary = rows.find(({ compare }) => compare === 'ndpi') ?? {}
  const protocols = rows.filter(({ compare }) => compare === 'ndpi-protocol')
  const whole = protocols.filter(({ accuracy }) => accuracy === 1)
  const others = protocols.filter(({ accuracy }) => accuracy !== 1)
  return [
    `${summary.protocols} protocols that both know: ${percent(summary.flow_accuracy)} of ${summary.flows} flows and ` +
      `${percent(summary.capture_accuracy)} of ${summary.captures} captures (mean of their flows; ${summary.captures_whole} without any ` +
      `difference) agree. ${summary.wrong} flows have another name, the rest none. Applications that both know: ` +
      `${percent(summary.application_accuracy)} of ${summary.applications} flows.`,
    '',
    ...toMarkdownTable([
      ['nDPI', 'flows', 'captures', 'agree', 'instead'],
      ...others.map(({ protocol, flows, captures, accuracy, instead }) => [
        String(protocol),
        Number(flows),
        Number(captures),
        percent(accuracy),
        Object.entries(instead as Record<string, number>)
          .map(([name, count]) => `${name === '-' ? 'nothing' : name} ${count}`)
          .join(', '),
      ]),
    ]),
    '',
    `All flows agree: ${whole.map(({ protocol, flows }) => `${protocol} ${flows}`).join(', ')}.`,
  ]
}

/** What it says of the comparison with suricata-verify. */
export function reportSuricata(rows: readonly Row[]): string[] {
  const types = rows.filter(({ compare }) => compare === 'suricata')
  return toMarkdownTable([
    ['events', 'cases', 'fields expected', 'met', 'share', 'fields flows do not carry'],
    ...types.map(({ type, cases, fields, met, share, fields_not_carried: others }) => [
      String(type),
      Number(cases),
      Number(fields),
      Number(met),
      percent(share),
      Number(others),
    ]),
  ])
}
