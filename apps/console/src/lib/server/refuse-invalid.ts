import { InvalidFilterError } from '@picket/store'
import { error } from '@sveltejs/kit'

/** A query's answer; 400 with the store's words where the address asks for what no query can be made of. */
export async function refuseInvalid<T>(query: Promise<T>): Promise<T> {
  try {
    return await query
  } catch (cause) {
    if (cause instanceof InvalidFilterError) error(400, cause.message)
    throw cause
  }
}
