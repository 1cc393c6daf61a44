/** Why an upload is refused; status as in RFC 9110 and RFC 4918 (507). */
export class UploadError extends Error {
  readonly status: 400 | 404 | 409 | 415 | 507

  constructor(status: UploadError['status'], message: string) {
    super(message)
    this.name = 'UploadError'
    this.status = status
  }
}

const NO_ROOM: readonly unknown[] = ['ENOSPC', 'EDQUOT']

/** Whether writing failed because the disk is full. */
export const isNoRoom = (error: unknown): boolean => NO_ROOM.includes((error as NodeJS.ErrnoException | null)?.code)
