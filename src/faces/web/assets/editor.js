// The preview follows what is being written: the form is sent to the frame when nothing was typed for a moment.

const form = document.querySelector('[data-editor]')
const button = form.querySelector('[data-preview]')

const show = () => {
  const sent = document.createElement('form')
  sent.method = 'post'
  sent.action = button.formAction
  sent.target = 'preview'
  sent.hidden = true
  for (const [name, value] of new FormData(form)) {
    const field = document.createElement('textarea')
    field.name = name
    field.value = value
    sent.append(field)
  }
  document.body.append(sent)
  sent.submit()
  sent.remove()
}

let soon
form.addEventListener('input', () => {
  clearTimeout(soon)
  soon = setTimeout(show, 400)
})
button.hidden = true
show()

// What was written and not saved is not lost by a wrong click.
const before = () => new URLSearchParams(new FormData(form)).toString()
const saved = before()
let isSaving = false
form.addEventListener('submit', () => (isSaving = true))
addEventListener('beforeunload', (event) => {
  if (!isSaving && before() !== saved) event.preventDefault()
})
