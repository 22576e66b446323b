// Templates that escape whatever is put into them. Used by every page.

import { html, raw } from 'hono/html'

export { html, raw }

export type Html = ReturnType<typeof html>
/** What a template takes in a place for content. */
export type Content = Html | string | number | undefined | readonly (Html | string)[]

/** Nothing, where a template has nothing to show. */
export const nothing = ''
