import { hasText } from './byte-text.ts'
import { type Head, type Recogniser, Verdict } from './recogniser.ts'

/** Protocols over TCP whose first octets are a fixed text of either side. */
function banner(name: string, texts: readonly string[]): Recogniser {
  return {
    name,
    transport: 'tcp',
    recognise: ({ bytes, start, end }: Head) =>
      texts.some((text) => hasText(bytes, start, end, text)) ? Verdict.YES : Verdict.NO,
  }
}

/** RFC 4253 section 4.2; RFC 9051; RFC 1939; the others as their specifications open. */
export const ssh = banner('ssh', ['SSH-2.0-', 'SSH-1.'])
export const imap = banner('imap', ['* OK ', '* PREAUTH '])
export const pop3 = banner('pop3', ['+OK '])
export const rfb = banner('rfb', ['RFB 003.', 'RFB 004.'])
export const rtsp = banner('rtsp', [
  'RTSP/1.0 ',
  'RTSP/2.0 ',
  'DESCRIBE rtsp',
  'OPTIONS rtsp',
  'SETUP rtsp',
  'PLAY rtsp',
])
export const http2 = banner('http2', ['PRI * HTTP/2.0\r\n\r\n'])
export const bittorrent = banner('bittorrent', ['\x13BitTorrent protocol'])
