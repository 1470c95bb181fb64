/**
 * Shop time and wall time. Up to the launch they are the same; afterwards the shop lives `pace` times as fast.
 *
 * The whole life is generated in shop time, so that pace changes neither the history nor what happens, only when.
 */
import type { Shop } from './shop.ts'

/** Unix milliseconds of the wall clock as shop time. */
export const toShopTime = ({ launchedAtMs, pace }: Shop, wallMs: number): number =>
  wallMs <= launchedAtMs ? wallMs : launchedAtMs + (wallMs - launchedAtMs) * pace

/** Shop time as Unix milliseconds of the wall clock. Rounded down, so that a moment of shop time lies in the same half-open interval as its wall time. */
export const toWallTime = ({ launchedAtMs, pace }: Shop, shopMs: number): number =>
  shopMs <= launchedAtMs ? shopMs : launchedAtMs + Math.floor((shopMs - launchedAtMs) / pace)
