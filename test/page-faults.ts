// Looks at a page from inside, for the test of the pages: text of too little contrast (WCAG 1.4.3), what sticks out, fields
// without a name, anything that runs. Text, because it runs in the browser, whose words the program knows nothing of.

export const findFaults = `(() => {
  const faults = []
  const numbers = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number)
  const luminance = (color) => {
    const [r, g, b] = numbers(color).map((part) => {
      const share = part / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ground = (element) => {
    if (!element) return 'rgb(255, 255, 255)'
    const { backgroundColor } = getComputedStyle(element)
    return numbers(backgroundColor)[3] === 0 ? ground(element.parentElement) : backgroundColor
  }
  for (const element of document.querySelectorAll('main *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '')
    const pair = [luminance(getComputedStyle(element).color), luminance(ground(element))]
    const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)
    if (hasText && !(contrast >= 4.5)) faults.push('contrast ' + contrast + ': ' + element.textContent)
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push(document.documentElement.scrollWidth + ' wide')
  for (const field of document.querySelectorAll('input:not([type=hidden]), textarea'))
    if (!field.labels?.length) faults.push('no label: ' + field.name)
  if (document.querySelectorAll('h1').length !== 1) faults.push('not one heading')
  if (getComputedStyle(document.querySelector('main')).maxWidth === 'none') faults.push('no style')
  if (document.querySelector('script, [onclick], [style]')) faults.push('script or style inside')
  return faults
})()`

/** How what has the focus is outlined. */
export const focusOutline = 'getComputedStyle(document.activeElement).outlineStyle'
/** The colour of the first heading. */
export const headingColor = "getComputedStyle(document.querySelector('h1')).color"
