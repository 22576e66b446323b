// A campaign's HTML whose links are numbered and marked once, so that each message only fills addresses in. Used by
// campaign-mail.ts and make-message.ts.

import type { Db } from '../../db/db.ts'
import { prepareLinks } from '../../mail/prepared-links.ts'
import type { PreparedLinks } from '../../mail/prepared-links.ts'
import { compileTemplate } from '../../mail/template.ts'
import type { CompiledTemplate } from '../../mail/template.ts'
import { findOrCreateLinks } from '../campaigns/link.ts'
import { sealToken } from '../tracking/token.ts'
import type { TokenFields, TokenKey } from '../tracking/token.ts'

/** What the rewriting of links depends on. */
interface LinkSettings {
  publicUrl: string
  hasTrap: boolean
}

export interface PreparedHtml {
  template: CompiledTemplate
  /** Puts the addresses of one message in the place of its marks. */
  fill(rendered: string, key: TokenKey, fields: TokenFields): string
}

const ownVariables = ['unsubscribe_url', 'preferences_url', 'tracking_url', 'view_url', 'forward_url']

/** Numbers the links that are new; undefined where Liquid makes some, or the campaign has more than can be numbered. */
export async function prepareHtml(
  db: Db,
  campaignId: number,
  source: string,
  { publicUrl, hasTrap }: LinkSettings,
): Promise<PreparedHtml | undefined> {
  const isOurs = (url: string): boolean => url.startsWith(`${publicUrl}/`)
  const prepared = prepareLinks(source, { isOurs, ownVariables, hasPixel: true, hasHoneypot: hasTrap })
  if (!prepared) return undefined
  const numbers = await numberAll(db, campaignId, prepared.links)
  if (!numbers) return undefined
  return {
    template: compileTemplate(prepared.source, 'html'),
    fill: (rendered, key, fields) => {
      const click = (linkNo: number): string => `${publicUrl}/c/${sealToken(key, 'click', { ...fields, linkNo })}`
      return prepared.fill(rendered, {
        link: (index) => click(numbers[index]!),
        pixel: `${publicUrl}/o/${sealToken(key, 'open', { ...fields, linkNo: 0 })}.gif`,
        honeypot: click(0),
      })
    },
  }
}

async function numberAll(
  db: Db,
  campaignId: number,
  links: PreparedLinks['links'],
): Promise<readonly number[] | undefined> {
  const urls = [...new Set(links.map(({ url }) => url))]
  const numbers = urls.length === 0 ? new Map() : await db.transaction((tx) => findOrCreateLinks(tx, campaignId, urls))
  const ordered = links.map(({ url }) => numbers.get(url) as number | undefined)
  return ordered.every((number) => number !== undefined) ? ordered : undefined
}
