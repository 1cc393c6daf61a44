import { z } from 'zod'
import {
  IMPORT_FILE_NAME,
  importFileType,
  MAX_FILE_OCTETS,
  MAX_UPLOAD_FILES,
  MAX_UPLOAD_OCTETS,
} from '../../models/import-file.ts'

const file = z.object({
  name: z
    .string()
    .regex(IMPORT_FILE_NAME, 'a file name without folders')
    .refine(
      (name) => importFileType(name) !== undefined,
      'a capture (.pcap, .pcapng), a table (.csv, .log, also .gz) or a mapping (.json)',
    ),
  octets: z.number().int().min(1, 'a file that is not empty').max(MAX_FILE_OCTETS, 'at most 4 GiB'),
})

/** What is going to be uploaded: names and sizes, all of them before the first octet. */
export const uploadPlan = z
  .object({ files: z.array(file).min(1).max(MAX_UPLOAD_FILES) })
  .refine(({ files }) => new Set(files.map(({ name }) => name.toLowerCase())).size === files.length, 'each name once')
  .refine(
    ({ files }) => files.reduce((sum, { octets }) => sum + octets, 0) <= MAX_UPLOAD_OCTETS,
    'at most 8 GiB together',
  )

export type UploadPlan = z.output<typeof uploadPlan>
