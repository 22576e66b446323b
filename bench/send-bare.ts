// The reference: nodemailer's own pool, with the same DKIM key and mail, the name put in by a replace. No store, no links.
// Started by send.ts.

import { createTransport } from 'nodemailer'
import { answerParent } from './child.ts'
import { domain, html, personOf, poolSize, subject } from './send-mail.ts'

interface Order {
  port: number
  privateKey: string
  count: number
  text: string
}

answerParent(async ({ port, privateKey, count, text }: Order) => {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: poolSize,
    maxMessages: Infinity,
    secure: false,
    ignoreTLS: true,
    dkim: { domainName: domain, keySelector: 'bench', privateKey },
  })
  const startedAt = performance.now()
  let next = 0
  const one = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) {
      const { email, firstName, profile } = personOf(i)
      const fill = (template: string): string =>
        template
          .replaceAll('{{ contact.first_name }}', firstName)
          .replaceAll(/\{\{ contact\.city[^}]*\}\}/g, profile.city)
      await transport.sendMail({
        from: `Joe's Flowers <joe@${domain}>`,
        to: email,
        subject: fill(subject),
        html: fill(html),
        text: fill(text),
        headers: {
          'List-Unsubscribe': `<https://track.example/u/${i}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        },
      })
    }
  }
  await Promise.all(Array.from({ length: poolSize * 2 }, one))
  const seconds = (performance.now() - startedAt) / 1000
  transport.close()
  return { seconds }
})
