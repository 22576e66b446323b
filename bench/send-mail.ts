// The mail that both sides of the sending bench hand over. Used by send-ours.ts and send-bare.ts.

const paragraph =
  'Roses are in season again, and this week they come with free delivery to {{ contact.city | default: "your town" }}. '

/** Some 12 KB, as a newsletter has, with a name in it and twelve links. */
export const html = `<!doctype html><html><head><style>${'.a { color: #333; margin: 0 auto; }\n'.repeat(40)}</style></head><body>
<h1>Dear {{ contact.first_name }}</h1>${Array.from(
  { length: 12 },
  (_, i) =>
    `<table width="600"><tr><td style="padding: 12px"><p>${paragraph.repeat(4)}</p><a href="https://shop.example/roses/${i}?utm_source=news">Read on</a></td></tr></table>\n`,
).join('')}</body></html>`

export const subject = 'Roses for {{ contact.first_name }}'
export const domain = 'joesflowers.example'
export const poolSize = 5

export function personOf(i: number): { email: string; firstName: string; profile: { city: string } } {
  return { email: `reader${i}@mail${i % 50}.example`, firstName: `Reader ${i}`, profile: { city: `Town ${i % 100}` } }
}
