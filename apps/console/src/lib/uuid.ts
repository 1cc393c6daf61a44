const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether a text from an address or a form is a UUID (RFC 9562), as sensors and jobs are named. */
export const isUuid = (text: string): boolean => UUID.test(text)
