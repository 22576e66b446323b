// What the demo's mails look like: a newsletter as they were then and are now, in tables. Used by demo-campaigns.ts.

const texts: Readonly<Record<string, string>> = {
  '/': 'Have a look around the shop',
  '/visit': 'Visit us in Waltham',
  '/delivery': 'Same-day delivery',
  '/contact': 'Talk to Joe',
  '/news': 'What is new in the greenhouse',
  '/club/join': 'Join the club',
}

/** `/weddings/bouquets` is called "Weddings: bouquets" where it has no better name. */
function nameOf(url: string): string {
  const { pathname } = new URL(url)
  const [first = '', second] = pathname.slice(1).replaceAll('-', ' ').split('/')
  const name = first.charAt(0).toUpperCase() + first.slice(1)
  return texts[pathname] ?? (second === undefined ? `See ${name.toLowerCase()}` : `${name}: ${second}`)
}

export function demoHtml(name: string, urls: readonly string[]): string {
  const [main = '', ...others] = urls
  const rows = others
    .map(
      (url) => `
          <tr><td style="padding:14px 0;border-top:1px solid #e8e2d6"><b>${nameOf(url)}</b><br>
            <a href="${url}" style="color:#3d6b35">Read more</a></td></tr>`,
    )
    .join('')
  return `<html><body style="margin:0;background:#f4f0e8">
  <table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">
    <table role="presentation" width="560" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:8px;font:16px/1.55 Georgia,serif;color:#33312c">
      <tr><td style="padding:22px 32px;background:#3d6b35;color:#ffffff;border-radius:8px 8px 0 0;font-size:20px">Joe's Flowers</td></tr>
      <tr><td style="padding:28px 32px">
        <h1 style="margin:0 0 12px;font-size:28px;line-height:1.2">${name}</h1>
        <p style="margin:0 0 20px">Dear friend of the garden, here is what grows this month, what to do with it, and what we have put aside for you.</p>
        <p style="margin:0 0 26px"><a href="${main}" style="display:inline-block;padding:12px 22px;background:#3d6b35;color:#ffffff;border-radius:6px;text-decoration:none">${nameOf(main)}</a></p>
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0">${rows}
        </table>
      </td></tr>
      <tr><td style="padding:18px 32px;font-size:13px;color:#8a8578">Joe's Flowers, 123 Main Street, Waltham, MA 02451</td></tr>
    </table>
  </td></tr></table>
</body></html>`
}
