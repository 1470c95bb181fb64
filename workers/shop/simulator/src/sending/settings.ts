/** What the Worker is given, and what of it the shop is founded with. */
import { SimulatorError } from '../shop.ts'
import { DAY } from '../time.ts'

/** Bindings, variables and secrets; see wrangler.toml. */
export interface SimulatorEnv {
  readonly DB: D1Database
  readonly ISSUER: string
  readonly CLIENT_KEY: string
  readonly SEED: string
  readonly CUSTOMERS: string
  readonly PACE: string
  readonly HISTORY_DAYS: string
  readonly LIVE: string
}

/** What a shop is founded with, at the first run. Later changes of these do not reach it: its life has no seams. */
export interface Founding {
  readonly seed: number
  readonly customers: number
  readonly pace: number
  readonly historyMs: number
}

/** The settings of one run. */
export interface Settings {
  readonly founding: Founding
  /** False: nothing after the launch is sent. */
  readonly live: boolean
}

/** Reads the variables. @throws {SimulatorError} `settings_invalid` */
export function readSettings(env: SimulatorEnv): Settings {
  if (env.LIVE !== 'on' && env.LIVE !== 'off') throw invalid('LIVE', 'on or off')
  return {
    founding: {
      seed: wholeNumber(env, 'SEED', 999_999_999),
      customers: wholeNumber(env, 'CUSTOMERS', 10_000),
      pace: wholeNumber(env, 'PACE', 1000),
      historyMs: wholeNumber(env, 'HISTORY_DAYS', 3650) * DAY,
    },
    live: env.LIVE === 'on',
  }
}

function wholeNumber(
  env: SimulatorEnv,
  name: 'SEED' | 'CUSTOMERS' | 'PACE' | 'HISTORY_DAYS',
  max: number,
): number {
  const value = /^\d{1,9}$/.test(env[name]) ? Number(env[name]) : Number.NaN
  if (!(value <= max)) throw invalid(name, `a whole number up to ${max}`)
  return value
}

const invalid = (name: string, expected: string): SimulatorError =>
  new SimulatorError('settings_invalid', `the variable ${name} is ${expected}; mend it in wrangler.toml`)
