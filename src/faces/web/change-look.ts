// POST /look: the colours a viewer wants, for those without scripts.

import { plainCookie } from './cookies.ts'
import { themeCookie } from './look.ts'
import { seeOther } from './respond.ts'
import type { Member } from './visit.ts'

export function changeLook({ form }: Member): Response {
  const theme = form.fields.get('theme') ?? 'system'
  const back = form.fields.get('back') ?? '/'
  return seeOther(/^\/(?![/\\])[\x21-\x7e]*$/.test(back) ? back : '/', [plainCookie(themeCookie, theme)])
}
