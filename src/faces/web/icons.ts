// Small drawings in the text's own colour, on a grid of 24. Decoration only: words stand beside them.

import { html, raw } from './html.ts'
import type { Html } from './html.ts'

const shapes = {
  home: '<path d="M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-5v-6h-4v6H5a1 1 0 0 1-1-1z"/>',
  contacts: '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c.5-3.8 3-5.8 6.5-5.800s6 2 6.5 5.800M16 4.800a3.5 3.5 0 0 1 0 6.400M18.5 14.800c1.8.8 2.8 2.5 3 5.2"/>',
  campaigns: '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7 8.5 6 8.5-6"/>',
  deliverability: '<path d="M12 3 4.5 6v5.500c0 4.5 3 7.8 7.5 9.5 4.5-1.7 7.5-5 7.5-9.500V6z"/><path d="m8.8 12 2.3 2.3 4.2-4.6"/>',
  settings: '<path d="M4 7h9M17 7h3M4 17h3M11 17h9M4 12h4M12 12h8"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/><circle cx="10" cy="12" r="2"/>',
  search: '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
  lists: '<path d="M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01"/>',
  import: '<path d="M12 15V4M7.5 8.5 12 4l4.5 4.500M4 15v4a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-4"/>',
  download: '<path d="M12 4v11M7.5 10.5 12 15l4.5-4.500M4 15v4a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-4"/>',
  send: '<path d="M21 3 10.5 13.500M21 3l-6.5 18-4-7.500L3 9.500z"/>',
  delivery: '<path d="m4.5 12.5 5 5L20 7"/>',
  open: '<path d="M2.5 12C4.5 7.8 8 5.7 12 5.700s7.5 2.1 9.5 6.300c-2 4.2-5.5 6.3-9.5 6.300S4.5 16.2 2.5 12z"/><circle cx="12" cy="12" r="2.7"/>',
  click: '<path d="m9 9 11.5 4.5-5 2-2 5zM5 5 3.5 3.500M4.5 9.500h-2M9.5 4.500v-2"/>',
  bounce: '<path d="M9 14 4 9l5-5"/><path d="M4 9h10a6 6 0 0 1 0 12h-3"/>',
  complaint: '<path d="M5 21V4M5 4.500c5-2.5 8 2.5 14 0v10c-6 2.5-9-2.5-14 0"/>',
  forward: '<path d="m15 14 5-5-5-5"/><path d="M20 9H10a6 6 0 0 0 0 12h3"/>',
  optout: '<circle cx="12" cy="12" r="8.5"/><path d="M8 12h8"/>',
  machine: '<rect x="5" y="8" width="14" height="11" rx="2.5"/><path d="M12 8V4.500M9.5 13v1.500M14.5 13v1.500M2.5 12.500v3M21.5 12.500v3"/>',
  next: '<path d="m9 5 7 7-7 7"/>',
  previous: '<path d="m15 5-7 7 7 7"/>',
  out: '<path d="M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 16l4-4-4-4M14 12H3"/>',
  user: '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.500c.8-4.2 3.5-6.3 7.5-6.300s6.7 2.1 7.5 6.3"/>',
  copy: '<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M5 15H4V5a1 1 0 0 1 1-1h10v1"/>',
  link: '<path d="M10 14a4.5 4.5 0 0 0 6.4 0l3-3A4.5 4.5 0 0 0 13 4.600l-1 1"/><path d="M14 10a4.5 4.5 0 0 0-6.4 0l-3 3a4.5 4.5 0 0 0 6.4 6.400l1-1"/>',
  plus: '<path d="M12 5v14M5 12h14"/>',
  warning: '<path d="M12 4 2.5 20h19z"/><path d="M12 10v4.500M12 17.200h.01"/>',
  done: '<circle cx="12" cy="12" r="8.5"/><path d="m8.5 12.2 2.5 2.5 4.7-5"/>',
  key: '<circle cx="8" cy="15" r="4"/><path d="m11 12 8.5-8.500M16 7l2.5 2.5"/>',
  clock: '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>',
  keyboard: '<rect x="2.5" y="6" width="19" height="12" rx="2"/><path d="M6.5 10h.01M10 10h.01M13.5 10h.01M17 10h.01M8 14h8"/>',
} as const // oxfmt-ignore
export type IconName = keyof typeof shapes

const drawn = new Map<IconName, Html>()

export function icon(name: IconName): Html {
  let one = drawn.get(name)
  if (!one)
    drawn.set(name, (one = html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${raw(shapes[name])}</svg>`))
  return one
}

export const logo: Html = html`<svg viewBox="0 0 32 32" aria-hidden="true">
  ${raw('<rect width="32" height="32" rx="8" fill="#3450d2"/><path d="M6 25.5 20.5 11M10.5 27 22 15.500M5 20.5 16.5 9" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" opacity=".62"/><path d="m18.2 7.2 8.3-1.7-1.7 8.3-2.5-4.100z" fill="#fff"/>')}
</svg>`
