import { z } from 'zod'

const url = z.string().refine((text) => URL.canParse(text) && /^https?:/.test(text), 'an http or https URL')

const schema = z.object({
  DATABASE_URL: z.string('is not set').regex(/^postgres(ql)?:\/\//, 'postgresql://...'),
  REDIS_URL: z.string('is not set').min(1, 'redis://... or a unix socket path'),
  PICKET_SECRET: z.string('is not set').min(32, 'at least 32 characters'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number('a port number, 0 to 65535').int().min(0).max(65_535).default(3000),
  PUBLIC_URL: url.optional(),
  PICKET_STREAM_ADDRESS: z.string().optional(),
  PICKET_ENROL_ADDRESS: z.string().optional(),
  PICKET_CA_FINGERPRINT: z.string().optional(),
  PICKET_BUNDLES: z.string().optional(),
  PICKET_DATA: z.string().optional(),
})

export interface Config {
  databaseUrl: string
  redisUrl: string
  secret: string
  host: string
  port: number
  /** Where people reach the console; its scheme decides whether cookies are Secure. */
  publicUrl: string
  /** host:port of the collector's stream and enrolment listeners, as put into install commands. */
  streamAddress?: string
  enrolAddress?: string
  caFingerprint?: string
  /** Folder with sensor archives served to new hosts. */
  bundles?: string
  /** The collector's data folder, where files to import are uploaded to; without it they are only named. */
  dataFolder?: string
}

export type ConfigResult = { ok: true; config: Config } | { ok: false; mistakes: string[] }

/** Reads the settings; reports every mistake at once as "NAME: value: what is allowed". Never shows the secret. */
export function parseConfig(env: Record<string, string | undefined>): ConfigResult {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(present)
  if (!parsed.success) {
    return {
      ok: false,
      mistakes: parsed.error.issues.map((issue) => {
        const name = String(issue.path[0])
        const value = present[name]
        const shown =
          value === undefined ? '' : name === 'PICKET_SECRET' ? ` (${value.length} characters)` : ` ${value}`
        return value === undefined ? `${name} ${issue.message}` : `${name}:${shown}: expected ${issue.message}`
      }),
    }
  }
  const v = parsed.data
  return {
    ok: true,
    config: {
      databaseUrl: v.DATABASE_URL,
      redisUrl: v.REDIS_URL,
      secret: v.PICKET_SECRET,
      host: v.HOST,
      port: v.PORT,
      publicUrl: (v.PUBLIC_URL ?? `http://localhost:${v.PORT}`).replace(/\/+$/, ''),
      streamAddress: v.PICKET_STREAM_ADDRESS,
      enrolAddress: v.PICKET_ENROL_ADDRESS,
      caFingerprint: v.PICKET_CA_FINGERPRINT,
      bundles: v.PICKET_BUNDLES,
      dataFolder: v.PICKET_DATA,
    },
  }
}
