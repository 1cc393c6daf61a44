import { z } from 'zod'

/** A whole number as it was typed. */
export const whole = (min: number, max: number) => {
  const message = `A whole number from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}`
  return z
    .string()
    .trim()
    .regex(/^\d+$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message))
}

/** A number with a decimal point as it was typed. */
export const decimal = (min: number, max: number) => {
  const message = `A number from ${min} to ${max}`
  return z
    .string()
    .trim()
    .regex(/^\d+(\.\d+)?$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message))
}

export const anomalyThreshold = decimal(0.5, 1)
export const anomaliesADay = whole(0, 100_000)
