// The contact page: older events without losing the place, and the whole page by the keyboard.

import { areKeysOn, isTyping } from './app.js'

const events = document.querySelector('[data-events]')

// An event in the address is shown open.
const openTarget = () => {
  const details = document.querySelector(':target > details')
  if (details) details.open = true
}
openTarget()
addEventListener('hashchange', openTarget)

async function loadMore(link) {
  if (link.dataset.busy) return
  link.dataset.busy = 'yes'
  link.setAttribute('aria-busy', 'true')
  const answer = await fetch(link.dataset.part).catch(() => undefined)
  if (!answer?.ok) return location.assign(link.href)
  const part = document.createElement('template')
  part.innerHTML = await answer.text()
  const first = part.content.querySelector('.event')
  // A day that goes on is not begun anew.
  const last = [...events.querySelectorAll('.day')].at(-1)
  const begins = part.content.querySelector('.day')
  if (last && begins && last.dataset.day === begins.dataset.day) {
    last.querySelector('ol').append(...begins.querySelectorAll('.event'))
    begins.remove()
  }
  link.closest('[data-more]').replaceWith(part.content)
  events.dispatchEvent(new Event('contrail:added', { bubbles: true }))
  first?.querySelector('summary').focus({ preventScroll: true })
}

events?.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-part]')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  void loadMore(link)
})

const lines = () => [...document.querySelectorAll('.event > details > summary')]

function step(by) {
  const all = lines()
  const now = all.findIndex((line) => line.closest('.event').contains(document.activeElement))
  const next = all[now < 0 ? 0 : Math.min(all.length - 1, Math.max(0, now + by))]
  next?.focus({ preventScroll: true })
  next?.scrollIntoView({ block: 'center' })
}

const go = (key) => document.querySelector(`[data-go="${key}"][href]`)?.click()
const deeds = {
  j: () => step(1),
  k: () => step(-1),
  n: () => go('next'),
  p: () => go('previous'),
  m: () => document.querySelector('a[data-part]')?.click(),
  '?': () => document.querySelector('#keys')?.showModal(),
}

document.addEventListener('keydown', (event) => {
  if (isTyping(event) || !areKeysOn() || !Object.hasOwn(deeds, event.key)) return
  event.preventDefault()
  deeds[event.key]()
})

const dialog = document.querySelector('#keys')
if (dialog) {
  const button = document.querySelector('[data-keys]')
  button.hidden = false
  button.addEventListener('click', () => dialog.showModal())
  const box = dialog.querySelector('input[type=checkbox]')
  box.checked = areKeysOn()
  box.addEventListener('change', () => localStorage.setItem('contrail-keys', box.checked ? 'on' : 'off'))
}
