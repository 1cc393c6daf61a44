/** Rows between a query and a client: encodes each row and waits for the reader, so an export never piles up. */
export function rowStream<Row>(
  rows: AsyncIterable<readonly Row[]>,
  encode: (row: Row) => string,
  head = '',
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const iterator = rows[Symbol.asyncIterator]()
  let pendingHead = head
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next()
        const text = pendingHead + (done ? '' : value.map(encode).join(''))
        pendingHead = ''
        if (text) controller.enqueue(encoder.encode(text))
        if (done) controller.close()
      },
      // A client that went away ends the query too.
      async cancel() {
        await iterator.return?.()
      },
    },
    { highWaterMark: 1 },
  )
}

export type ExportFormat = 'csv' | 'ndjson'

/** The answer for a file a person saves: named for what it is and when it was made, kept out of every cache. */
export function downloadResponse(body: ReadableStream<Uint8Array>, name: string, format: ExportFormat): Response {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '')
  return new Response(body, {
    headers: {
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
      'content-disposition': `attachment; filename="picket-${name}-${stamp}Z.${format}"`,
      'cache-control': 'no-store',
    },
  })
}
