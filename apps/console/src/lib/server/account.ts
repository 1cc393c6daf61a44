import { APIError } from 'better-auth/api'
import { auth } from './services.ts'

export type PasswordChange = { ok: true; headers: Headers } | { ok: false; message: string }

/** Changes the password and ends every other session of the account. */
export async function changePassword(headers: Headers, current: string, next: string): Promise<PasswordChange> {
  try {
    const result = await auth().api.changePassword({
      body: { currentPassword: current, newPassword: next, revokeOtherSessions: true },
      headers,
      returnHeaders: true,
    })
    return { ok: true, headers: result.headers }
  } catch (error) {
    if (!(error instanceof APIError)) throw error
    const code = error.body?.code
    return {
      ok: false,
      message: code === 'INVALID_PASSWORD' ? 'The current password is wrong.' : 'The new password was refused.',
    }
  }
}

export interface AccountSession {
  id: string
  current: boolean
  createdAt: number
  lastUsed: number
  userAgent: string
  address: string
}

/** Sessions of the account that have not ended, newest first. Their tokens stay here. */
export async function listSessions(headers: Headers, currentId: string | undefined): Promise<AccountSession[]> {
  const sessions = await auth().api.listSessions({ headers })
  return sessions
    .map((session) => ({
      id: session.id,
      current: session.id === currentId,
      createdAt: session.createdAt.getTime(),
      lastUsed: session.updatedAt.getTime(),
      userAgent: session.userAgent ?? '',
      address: session.ipAddress ?? '',
    }))
    .sort((a, b) => b.lastUsed - a.lastUsed)
}

export async function endOtherSessions(headers: Headers): Promise<void> {
  await auth().api.revokeOtherSessions({ headers })
}
