import { HOST_NAME_SUFFIXES } from '@picket/ml/classification'

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Applications of the host-name table by their names without marks. */
const OURS = new Map([...HOST_NAME_SUFFIXES.values()].map(({ application }) => [plain(application), application]))

/** Where nDPI's name is another than ours for the same thing. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  amazonaws: 'aws',
  appleicloud: 'icloud',
  facebookmessenger: 'messenger',
  microsoft365: 'office-365',
  googleservices: 'google',
  whatsappfiles: 'whatsapp',
  snapchatcall: 'snapchat',
  googleplus: 'google-plus',
  windowsupdate: 'windows-update',
}

/** Ours are finer: what else the application may be called. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  google: ['google-ads', 'google-play', 'google-drive', 'google-meet', 'connectivity-check', 'gmail', 'google-plus'],
  apple: ['apple-update', 'icloud', 'connectivity-check', 'app-store', 'apple-music', 'imessage'],
  amazon: ['alexa', 'aws', 's3', 'prime-video'],
  aws: ['s3', 'rds', 'dynamodb', 'aws-iot'],
  azure: ['azure-blob', 'azure-sql', 'azure-iot', 'teams', 'office-365', 'app-center'],
  microsoft: [
    'azure',
    'office-365',
    'windows-update',
    'app-center',
    'bing',
    'skype',
    'teams',
    'onedrive',
    'connectivity-check',
  ],
  qq: ['wechat'],
  facebook: ['messenger'],
  messenger: ['facebook'],
}

/** Whether what the sensor says is that application or a part of it. */
export function isApplication(expected: string, found: string): boolean {
  return found === expected || (PARTS[expected]?.includes(found) ?? false)
}

/** The sensor's name of what nDPI calls `app`; undefined where it has none. */
export function applicationOf(app: string): string | undefined {
  const name = plain(app)
  return OURS.get(name) ?? OTHER_NAMES[name]
}
