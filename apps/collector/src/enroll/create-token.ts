import { parseArgs } from 'node:util'
import { createToken, openDatabase } from '@picket/store'
import type { Labels } from '@picket/store'
import type { TokenConfig } from '../config.ts'
import { configurationError } from '../errors.ts'
import { Authority } from './authority.ts'
import { newSecret, secretHash, tokenText, TOKEN_MINUTES } from './token.ts'

const MAX_MINUTES = 30 * 24 * 60

/** What the `token` command was asked for. */
export interface TokenRequest {
  minutes: number
  labels: Labels
}

/** `[--ttl-minutes N] [--label key=value]...`; throws a configuration error with every mistake. */
export function parseTokenArguments(args: string[]): TokenRequest {
  const mistakes: string[] = []
  const options = readOptions(args)
  const minutes = Number(options['ttl-minutes'] ?? TOKEN_MINUTES)
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_MINUTES) {
    mistakes.push(`--ttl-minutes "${options['ttl-minutes']}" is not allowed: expected 1 to ${MAX_MINUTES}`)
  }
  const labels: Labels = {}
  for (const text of options.label ?? []) {
    const match = /^([^=\s]{1,255})=(.{1,255})$/.exec(text)
    if (match) labels[match[1]] = match[2]
    else mistakes.push(`--label "${text}" is not allowed: expected key=value, for example env=prod`)
  }
  if (mistakes.length > 0) throw configurationError(mistakes)
  return { minutes, labels }
}

/** Makes a single-use token and gives its text, the only time it can be read. */
export async function createTokenText(config: TokenConfig, { minutes, labels }: TokenRequest): Promise<string> {
  const authority = await Authority.open(config.dataFolder)
  const database = openDatabase(config.databaseUrl)
  try {
    const secret = newSecret()
    const expiresAt = Date.now() + minutes * 60_000
    await createToken(database, { secretHash: secretHash(secret), createdBy: 'command line', expiresAt, labels })
    return tokenText(secret, authority.fingerprint)
  } finally {
    await database.close()
  }
}

function readOptions(args: string[]): { 'ttl-minutes'?: string; label?: string[] } {
  try {
    const options = { 'ttl-minutes': { type: 'string' }, label: { type: 'string', multiple: true } } as const
    return parseArgs({ args, options }).values
  } catch (error) {
    throw configurationError([(error as Error).message])
  }
}
