import { banner } from '../protocols/banner.ts'

/** HTTP/2 with prior knowledge (RFC 9113 section 3.4): the client's preface. */
export const http2 = banner('http2', ['PRI * HTTP/2.0\r\n\r\n'])
