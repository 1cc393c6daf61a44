import { readUint16 } from './byte-text.ts'
import { type Head, type Recogniser, Verdict } from './recogniser.ts'

/** SMB over TCP (MS-SMB2 section 2.1): a zero octet and a length 3, then 0xFF or 0xFE and "SMB". */
export const smb: Recogniser = {
  name: 'smb',
  transport: 'tcp',
  recognise({ bytes, start, end }: Head): Verdict {
    if (end - start < 8 || bytes[start] !== 0 || bytes[start + 4] < 0xfc) return Verdict.NO
    return bytes[start + 5] === 0x53 && bytes[start + 6] === 0x4d && bytes[start + 7] === 0x42
      ? Verdict.YES
      : Verdict.NO
  },
}

/** RDP (MS-RDPBCGR section 2.2.1.1): TPKT 03 00 and length 2, then an X.224 connection request or confirmation. */
export const rdp: Recogniser = {
  name: 'rdp',
  transport: 'tcp',
  recognise({ bytes, start, end, destinationPort, sourcePort }: Head): Verdict {
    if (end - start < 11 || bytes[start] !== 3 || bytes[start + 1] !== 0) return Verdict.NO
    const isTpkt = readUint16(bytes, start + 2) === end - start
    const isConnection = bytes[start + 5] === 0xe0 || bytes[start + 5] === 0xd0
    const isPort = destinationPort === 3389 || sourcePort === 3389
    return isTpkt && isConnection && isPort ? Verdict.YES : Verdict.NO
  },
}

/** DCE/RPC over TCP (C706 chapter 12): version 5.0 or 5.1, a bind or its answer, fragment length at 8. */
export const dceRpc: Recogniser = {
  name: 'dce_rpc',
  transport: 'tcp',
  recognise({ bytes, start, end }: Head): Verdict {
    if (end - start < 16 || bytes[start] !== 5 || bytes[start + 1] > 1) return Verdict.NO
    const type = bytes[start + 2]
    const length = bytes[start + 8] | (bytes[start + 9] << 8)
    return type >= 11 && type <= 15 && length === end - start ? Verdict.YES : Verdict.NO
  },
}

/** Kerberos over TCP (RFC 4120 section 7.2.2): length 4, then an application tag of ASN.1. */
export const kerberos: Recogniser = {
  name: 'kerberos',
  transport: 'both',
  recognise({ bytes, start, end, destinationPort }: Head): Verdict {
    if (destinationPort !== 88 || end - start < 16) return Verdict.NO
    const tag = isKerberosTag(bytes[start]) ? start : start + 4
    return isKerberosTag(bytes[tag]) && bytes[tag + 1] > 0x20 ? Verdict.YES : Verdict.NO
  },
}

/** AS, TGS and AP requests and replies, and errors: application tags 10 to 15 and 30, constructed. */
function isKerberosTag(octet: number): boolean {
  return (octet >= 0x6a && octet <= 0x6f) || octet === 0x7e
}

/** LDAP (RFC 4511): a sequence that starts with a message id, then an operation of application class. */
export const ldap: Recogniser = {
  name: 'ldap',
  transport: 'both',
  recognise({ bytes, start, end, destinationPort }: Head): Verdict {
    if ((destinationPort !== 389 && destinationPort !== 3268) || end - start < 7 || bytes[start] !== 0x30)
      return Verdict.NO
    const content = start + 2 + ((bytes[start + 1] & 0x80) !== 0 ? bytes[start + 1] & 0x7f : 0)
    const id = bytes[content + 1]
    if (bytes[content] !== 0x02 || id < 1 || id > 4 || content + 2 + id >= end) return Verdict.NO
    return (bytes[content + 2 + id] & 0xc0) === 0x40 ? Verdict.YES : Verdict.NO
  },
}
