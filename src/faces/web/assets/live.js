// A page about something that goes on: its numbers are fetched again until it is over.

const wait = 1500

async function refresh() {
  const answer = await fetch(location.href).catch(() => undefined)
  if (answer?.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.querySelector('[data-live]')
    // Over: the whole page says how it ended.
    if (!fresh) return location.replace(location.pathname)
    document.querySelector('[data-live]').replaceChildren(...fresh.childNodes)
  }
  setTimeout(refresh, wait)
}
setTimeout(refresh, wait)
