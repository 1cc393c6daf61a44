import { listInterfaces } from '../capture/interfaces.ts'
import { formatMac } from '../flow/format-address.ts'
import { complain } from './command-arguments.ts'
import { LineWriter } from './line-writer.ts'

/** `interfaces`: one interface of this host a line. Returns the exit code. */
export async function run(args: string[]): Promise<number> {
  if (args.length > 0) {
    complain(`interfaces takes no arguments, found ${args.join(' ')}`)
    return 2
  }
  const writer = new LineWriter()
  for (const { name, mac, addresses, speedBps, medium, isUp, mtu } of listInterfaces()) {
    writer.add({
      name,
      ...(mac.length > 0 && { mac: formatMac(mac) }),
      addresses,
      ...(speedBps !== undefined && { speed_bps: speedBps }),
      medium,
      up: isUp,
      mtu,
    })
  }
  await writer.flush()
  return 0
}
