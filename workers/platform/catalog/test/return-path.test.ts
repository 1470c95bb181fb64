/** No address leads people from the sign-in to another site. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { returnPath } from '../people/return-path.ts'

const issuer = 'https://mesh.example'

describe('after signing in', () => {
  test.each([
    ['/access', '/access'],
    ['/products/purchase.orders?major=1', '/products/purchase.orders?major=1'],
    ['/access?next=//evil.example', '/access?next=//evil.example'],
    ['/a/../access#part', '/access'],
    ['/sign-in-help', '/sign-in-help'],
  ])('%j is a page here', (text, path) => {
    expect(returnPath(text, issuer)).toBe(path)
  })

  test.each([
    '',
    'access',
    'https://evil.example',
    'https://mesh.example/access',
    '//evil.example',
    '///evil.example',
    '////evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    '/.//evil.example',
    '/..//evil.example',
    '/%2e//evil.example',
    '/x/..//evil.example',
    '//mesh.example@evil.example',
    '//mesh.example:x@evil.example/..',
    '//[::1]/',
    'javascript:alert(1)',
    'data:text/html,x',
    '/sign-in?return_to=/access',
    '/sign-in/callback?code=x',
    '/./sign-out',
    `/${'x'.repeat(800)}`,
  ])('%j leads to the beginning', (text) => {
    expect(returnPath(text, issuer)).toBe('/')
  })

  test('whatever stands there, a browser stays', () => {
    const part = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '@',
      ':',
      '%2f',
      '%5c',
      '\t',
      '\n',
      '//',
      'evil.example',
      '?',
      '#',
    )
    const text = fc.oneof(
      fc.string(),
      fc.array(part).map((parts) => `/${parts.join('')}`),
    )
    fc.assert(
      fc.property(text, (any) => {
        const path = returnPath(any, issuer)
        expect(new URL(path, issuer).origin).toBe(issuer)
        expect(new URL(issuer + path).origin).toBe(issuer)
        expect(path).toMatch(/^\/(?![/\\])/)
      }),
    )
  })
})
