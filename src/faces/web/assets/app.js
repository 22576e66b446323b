// What makes every page quicker to use. Nothing depends on it: without it all forms and links work as they are.

const cookie = (name, value) => {
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; SameSite=Lax; Max-Age=31536000`
}

// Times are written by the server, in the zone it knows of from here.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
const shown = document.querySelector('[data-zone]')?.dataset.zone
if (zone && zone !== shown) {
  cookie('contrail_zone', zone)
  // Once, so that a zone the server does not know leads to no loop.
  if (shown && sessionStorage.getItem('zone') !== zone) {
    sessionStorage.setItem('zone', zone)
    location.reload()
  }
}

// Colours change in place.
document.querySelector('[data-look]')?.addEventListener('submit', (event) => {
  event.preventDefault()
  const { value } = event.submitter
  cookie('contrail_theme', value)
  if (value === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = value
  for (const button of event.target.querySelectorAll('[aria-pressed]'))
    button.setAttribute('aria-pressed', String(button === event.submitter))
})

// On a phone the chosen tab may lie beyond the edge.
const tab = document.querySelector('.tabs [aria-current]')
if (tab)
  tab.parentElement.scrollLeft += Math.max(
    0,
    tab.getBoundingClientRect().right - tab.parentElement.getBoundingClientRect().right,
  )

// Menus close when something else is done.
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]'))
    if (!menu.contains(event.target)) menu.open = false
})
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    menu.open = false
    menu.querySelector('summary').focus()
  }
})

// A second click on a button sends nothing twice.
document.addEventListener('submit', (event) => {
  if (event.defaultPrevented || event.target.method !== 'post') return
  if (event.target.dataset.sent) event.preventDefault()
  event.target.dataset.sent = 'yes'
})
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent
})

// What is to be copied gets a button for it.
for (const text of document.querySelectorAll('[data-copy]')) addCopyButton(text)
document.addEventListener('contrail:added', (event) => {
  for (const text of event.target.querySelectorAll('[data-copy]')) addCopyButton(text)
})
function addCopyButton(text) {
  if (!navigator.clipboard || text.dataset.copy) return
  text.dataset.copy = 'yes'
  const { copyWord: copy, copiedWord: copied } = document.body.dataset
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'tight'
  button.textContent = copy
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(text.textContent)
    button.textContent = copied
    setTimeout(() => (button.textContent = copy), 1500)
  })
  text.after(button)
}

// Lists that are chosen from are chosen by choosing.
for (const form of document.querySelectorAll('[data-filters]'))
  for (const select of form.querySelectorAll('select')) select.addEventListener('change', () => form.requestSubmit())

// Keys of one letter can be turned off (WCAG 2.1.4).
export const areKeysOn = () => localStorage.getItem('contrail-keys') !== 'off'
export const isTyping = (event) =>
  event.ctrlKey ||
  event.metaKey ||
  event.altKey ||
  event.target.closest?.('input, textarea, select, dialog, [contenteditable]')

const find = document.querySelector('#find')
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || !find || isTyping(event) || !areKeysOn()) return
  event.preventDefault()
  find.focus()
  find.select()
})

// The search box tells who is meant while somebody types: a combobox of the ARIA patterns.
if (find) {
  const form = find.form
  const list = document.createElement('div')
  list.className = 'found'
  list.id = 'found'
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', find.labels[0].textContent)
  list.hidden = true
  form.append(list)
  for (const [name, value] of [
    ['role', 'combobox'],
    ['aria-expanded', 'false'],
    ['aria-controls', 'found'],
    ['aria-autocomplete', 'list'],
  ])
    find.setAttribute(name, value)
  let people = []
  let at = -1
  let asked

  const show = (isOpen) => {
    list.hidden = !isOpen
    find.setAttribute('aria-expanded', String(isOpen))
    if (!isOpen) at = -1
  }
  const mark = (next) => {
    at = next
    for (const [i, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(i === at))
    if (at >= 0) {
      find.setAttribute('aria-activedescendant', `found-${at}`)
      list.children[at].scrollIntoView({ block: 'nearest' })
    } else find.removeAttribute('aria-activedescendant')
  }
  const draw = () => {
    list.replaceChildren(
      ...people.map(({ id, email, name, initials, tone }, i) => {
        const option = document.createElement('div')
        option.id = `found-${i}`
        option.setAttribute('role', 'option')
        option.setAttribute('aria-selected', 'false')
        const face = document.createElement('span')
        face.className = `face t${tone}`
        face.setAttribute('aria-hidden', 'true')
        face.textContent = initials
        const words = document.createElement('span')
        words.textContent = name || email
        option.append(face, words)
        if (name) {
          const quiet = document.createElement('span')
          quiet.className = 'quiet small'
          quiet.textContent = email
          option.append(quiet)
        }
        option.addEventListener('mousedown', (event) => event.preventDefault())
        option.addEventListener('click', () => location.assign(`/contacts/${id}`))
        return option
      }),
    )
    at = -1
    find.removeAttribute('aria-activedescendant')
    show(people.length > 0)
  }
  const ask = async () => {
    const text = find.value.trim()
    asked?.abort()
    if (text === '') {
      people = []
      return draw()
    }
    asked = new AbortController()
    try {
      const answer = await fetch(`${form.dataset.find}?${new URLSearchParams({ q: text })}`, { signal: asked.signal })
      if (!answer.ok) return
      people = await answer.json()
      if (document.activeElement === find) draw()
    } catch (error) {
      if (error.name !== 'AbortError') people = []
    }
  }
  let soon
  find.addEventListener('input', () => {
    clearTimeout(soon)
    soon = setTimeout(ask, 90)
  })
  find.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault()
      show(false)
    }
    if (list.hidden || people.length === 0) return
    if (event.key === 'ArrowDown') mark((at + 1) % people.length)
    else if (event.key === 'ArrowUp') mark(at <= 0 ? people.length - 1 : at - 1)
    else if (event.key === 'Enter' && at >= 0) location.assign(`/contacts/${people[at].id}`)
    else return
    event.preventDefault()
  })
  find.addEventListener('blur', () => setTimeout(() => show(false), 100))
  find.addEventListener('focus', () => people.length > 0 && find.value.trim() !== '' && show(true))
}
