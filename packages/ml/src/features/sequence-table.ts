import { define, type FeatureDefinition } from './feature-definition.ts'

/** Payload packets that a flow record holds length and gap of, at most. */
export const SEQUENCE_LENGTH = 16

/** So many of them stand among the statistics; the rest is at the end of the vector, for those who read all of them as a sequence. */
export const DIRECT_LENGTHS = 8
export const DIRECT_GAPS = 3

const ordinal = (index: number) => String(index + 1).padStart(2, '0')

const lengthName = (index: number) => `flow_length_first${ordinal(index)}_octets`
const gapName = (index: number) => `flow_gap_first${ordinal(index)}_us`

/** Columns of the lengths, then of the gaps, of the first payload packets, in their order. */
export const SEQUENCE_NAMES: readonly string[] = [lengthName, gapName].flatMap((nameOf) =>
  Array.from({ length: SEQUENCE_LENGTH }, (_, index) => nameOf(index)),
)

/** Lengths of payload packets `from` to before `to`, counted from 0. */
export const lengthFeatures = (from: number, to: number): FeatureDefinition[] =>
  Array.from({ length: to - from }, (_, i) =>
    define(
      lengthName(from + i),
      'octets',
      `IP length of payload packet ${from + i + 1}, negative from the responder`,
      '-65,575 to 65,575',
      `fewer than ${from + i + 1} payload packets`,
    ),
  )

/** Their gaps. */
export const gapFeatures = (from: number, to: number): FeatureDefinition[] =>
  Array.from({ length: to - from }, (_, i) =>
    define(
      gapName(from + i),
      'us',
      `gap from the packet before to payload packet ${from + i + 1}`,
      '0 and up',
      `fewer than ${from + i + 1} payload packets`,
    ),
  )
