import { listSensors, listTokens } from '@picket/store'
import { fail } from '@sveltejs/kit'
import { installCommand } from '#lib/server/install.ts'
import { actionContext } from '#lib/server/actions/context.ts'
import { describeSensor, retireSensor } from '#lib/server/actions/sensors.ts'
import { issueToken, parseTokenForm, withdrawToken } from '#lib/server/actions/tokens.ts'
import { isFingerprint } from '#lib/server/enrolment-token.ts'
import { config, database } from '#lib/server/services.ts'
import { parseLabels } from '#lib/sensors/labels.ts'
import { isUuid } from '#lib/uuid.ts'
import { SENSORS_DEPENDENCY } from '#lib/sensors/dependency.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ depends }) => {
  depends(SENSORS_DEPENDENCY)
  const [sensors, tokens] = await Promise.all([listSensors(database()), listTokens(database())])
  const { caFingerprint = '', enrolAddress, streamAddress } = config()
  return {
    sensors: sensors.filter(({ state }) => state !== 'retired'),
    retired: sensors.filter(({ state }) => state === 'retired'),
    tokens,
    canEnrol: isFingerprint(caFingerprint) && Boolean(enrolAddress && streamAddress),
  }
}

const uuid = (form: FormData) => {
  const text = String(form.get('sensorId') ?? '')
  return isUuid(text) ? text : undefined
}

export const actions: Actions = {
  issue: async ({ locals, request }) => {
    const context = actionContext(locals)
    const { caFingerprint = '', publicUrl } = config()
    if (!isFingerprint(caFingerprint)) {
      return fail(409, {
        message: 'The collector’s certificate is not known to this console yet (PICKET_CA_FINGERPRINT)',
      })
    }
    const form = parseTokenForm(await request.formData())
    if (!form.ok) return fail(400, { mistakes: form.mistakes })
    const { text, token } = await issueToken(context, caFingerprint, form.value)
    return { issued: { id: token.id, text, expiresAt: token.expiresAt, command: installCommand(publicUrl) } }
  },
  revoke: async ({ locals, request }) => {
    const id = Number((await request.formData()).get('id'))
    if (!Number.isSafeInteger(id)) return fail(400, { message: 'Which token?' })
    const revoked = await withdrawToken(actionContext(locals), id)
    return revoked ? { revoked: id } : fail(409, { message: 'This token was not open any more' })
  },
  describe: async ({ locals, request }) => {
    const form = await request.formData()
    const sensorId = uuid(form)
    const name = String(form.get('name') ?? '').trim()
    const labels = parseLabels(String(form.get('labels') ?? ''))
    if (!sensorId) return fail(400, { message: 'Which sensor?' })
    if (name.length < 1 || name.length > 253) return fail(400, { mistakes: { name: '1 to 253 characters' } })
    if (!labels.ok) return fail(400, { mistakes: { labels: labels.mistake } })
    await describeSensor(actionContext(locals), sensorId, { name, labels: labels.labels })
    return { described: sensorId }
  },
  remove: async ({ locals, request }) => {
    const form = await request.formData()
    const sensorId = uuid(form)
    const sensor = sensorId && (await listSensors(database())).find((each) => each.sensorId === sensorId)
    if (!sensor) return fail(404, { message: 'This sensor is not in the store any more' })
    if (form.get('confirmation') !== sensor.name)
      return fail(400, { message: 'The name typed is not that of the sensor' })
    await retireSensor(actionContext(locals), sensor.sensorId, sensor.hostname)
    return { removed: sensor.sensorId }
  },
}
