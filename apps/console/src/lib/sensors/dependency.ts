/** Load dependency of the sensors page: invalidate it to read sensors and tokens anew. */
export const SENSORS_DEPENDENCY = 'picket:sensors'
