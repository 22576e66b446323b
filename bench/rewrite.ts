// Rewriting the links of a mail, beside parse5 alone reading the same bytes.

import { parse } from 'parse5'
import { rewriteLinks } from '../src/mail/links.ts'
import { formatCount, formatRatio, median, medianRatio, timed } from './measure.ts'
import { judge } from './report.ts'
import type { Section } from './report.ts'

const warmUp = 5
const rounds = 15
const options = {
  isOurs: (url: string) => url.startsWith('https://t.example/'),
  track: (_url: string, position: number) => `https://t.example/c/${String(position).padStart(42, '0')}`,
  pixelUrl: 'https://t.example/o/pixel.gif',
}

interface Times {
  ours: number[]
  bare: number[]
}

export async function benchRewrite(): Promise<Section> {
  const mails = [newsletter(60_000), newsletter(1_000_000)]
  const rows: string[][] = []
  const perByte: number[] = []
  let largest = Number.NaN
  for (const html of mails) {
    const { ours, bare } = await measure(html)
    const { tracked } = rewriteLinks(html, options)
    largest = medianRatio(ours, bare)
    perByte.push(median(ours) / html.length)
    rows.push([
      `${formatCount(html.length / 1000)} kB`,
      formatCount(tracked),
      (median(ours) * 1000).toFixed(1),
      (median(bare) * 1000).toFixed(1),
      formatRatio(largest),
    ])
  }
  return {
    title: 'Rewriting links',
    notes: [
      'rewriteLinks with a pixel: tables in tables, buttons for Outlook in comments; warm; milliseconds a mail, median.',
      'Reference: parse5 alone making its tree, with the places of tags and attributes, of the same text.',
    ],
    head: ['mail', 'links', 'ms', 'bare ms', 'ours over bare'],
    rows,
    verdicts: [
      judge('rewriting over bare parse5 at 1 MB', largest, { atMost: 1.5 }),
      judge('time a byte at 1 MB over that at 60 kB', perByte[1]! / perByte[0]!, { atMost: 2 }),
    ],
  }
}

async function measure(html: string): Promise<Times> {
  const times: Times = { ours: [], bare: [] }
  const ours = async (): Promise<void> => {
    times.ours.push(await timed(() => void rewriteLinks(html, options)))
  }
  const bare = async (): Promise<void> => {
    times.bare.push(await timed(() => void parse(html, { sourceCodeLocationInfo: true, scriptingEnabled: false })))
  }
  for (let round = 0; round < warmUp + rounds; round++) {
    // Each goes first every other time.
    for (const side of round % 2 === 0 ? [ours, bare] : [bare, ours]) await side()
  }
  return { ours: times.ours.slice(warmUp), bare: times.bare.slice(warmUp) }
}

function newsletter(bytes: number): string {
  const parts = ['<!DOCTYPE html>\r\n<html><head><style>td { padding: 0 }</style></head><body>\r\n']
  for (let i = 0, length = 0; length < bytes; i++) {
    const article = renderArticle(i)
    length += article.length
    parts.push(article)
  }
  parts.push('</body></html>')
  return parts.join('')
}

function renderArticle(i: number): string {
  const deep = i % 20
  const url = `https://shop.example/articles/${i}?utm_source=newsletter&amp;utm_campaign=spring`
  return `${'<table width="100%" cellpadding="0"><tr><td style="padding:0">'.repeat(deep)}
<h2><a href="${url}" style="color:#333333;text-decoration:none">Article number ${i}</a></h2>\r
<p style="font-family:Arial,sans-serif">Words &amp; more words, as they stand in a mail, with a <A HREF='${url}&amp;b=2'>link</A>.</p>\r
<!--[if mso]><v:roundrect href="${url}&amp;c=3" style="height:40px;width:200px"><center>Read</center></v:roundrect><![endif]-->
<img src="https://img.example/${i}.png" width="600" height="200" alt="">\r\n${'</td></tr></table>'.repeat(deep)}`
}
