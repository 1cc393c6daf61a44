import type { Random } from '../training/random.ts'
import { DenseLayer } from './dense-layer.ts'
import type { Layer } from './layer.ts'
import { CHANNELS } from './sequence-encoding.ts'
import { WindowLayer } from './window-layer.ts'

/** Channels of a position between the windows and the middle, and width of the middle. */
const HIDDEN_CHANNELS = 8
const MIDDLE = 16

/** Dense layers of these widths between inputs and outputs. */
export function denseLayers(width: number, hidden: readonly number[], random: Random): Layer[] {
  const widths = [width, ...hidden, width]
  return widths.slice(1).map((outputs, i) => {
    return new DenseLayer({ inputs: widths[i], outputs, isHidden: i < hidden.length }, random)
  })
}

/** A window over the positions, a narrow middle that sees all of them, and the way back. */
export function sequenceLayers(positions: number, random: Random): Layer[] {
  const unfolded = positions * HIDDEN_CHANNELS
  return [
    new WindowLayer({ positions, channelsIn: CHANNELS, channelsOut: HIDDEN_CHANNELS, isHidden: true }, random),
    new DenseLayer({ inputs: unfolded, outputs: MIDDLE, isHidden: true }, random),
    new DenseLayer({ inputs: MIDDLE, outputs: unfolded, isHidden: true }, random),
    new WindowLayer({ positions, channelsIn: HIDDEN_CHANNELS, channelsOut: CHANNELS, isHidden: false }, random),
  ]
}
