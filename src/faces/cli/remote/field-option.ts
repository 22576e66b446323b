// A field as a flag of a command, and what is typed as the value that is sent. Used by api.ts.

import { InvalidArgumentError, Option } from 'commander'
import { parseWhen } from '../options.ts'
import { suggestWords } from '../words.ts'
import type { Field } from './fields.ts'

const valueNames = {
  text: 'text',
  integer: 'number',
  number: 'number',
  boolean: '',
  time: 'time',
  json: 'json',
} as const

/** One flag; of what is true or false two. */
export function optionsOf(field: Field): Option[] {
  const { flag, type, isList, words, isRequired } = field
  const description = [field.description, isRequired && '(required)'].filter(Boolean).join(' ')
  if (type === 'boolean')
    return [new Option(`--${flag}`, description), new Option(`--no-${flag}`, `the contrary of --${flag}`)]
  const value = `${words ? 'word' : valueNames[type]}${isList ? 's' : ''}`
  const option = new Option(`--${flag} <${value}>`, [description, words && `${isList ? 'any of' : 'one of'} ${words.join(', ')}`].filter(Boolean).join(': ')) // oxfmt-ignore
  if (words) suggestWords(option, words, isList)
  option.argParser(
    (text: string, before: unknown) =>
    isList ? [...((before as unknown[] | undefined) ?? []), ...text.split(',').map((part) => parse(field, part.trim()))] : parse(field, text), // oxfmt-ignore
  )
  return [option]
}

/** The name under which the parser keeps it. */
export function attributeOf({ flag }: Field): string {
  return new Option(`--${flag}`).attributeName()
}

function parse({ type, words }: Field, text: string): unknown {
  if (words && !words.includes(text)) throw new InvalidArgumentError(`It is one of ${words.join(', ')}.`)
  switch (type) {
    case 'text':
    case 'boolean':
      return text
    case 'time':
      return new Date(parseWhen(text)).toISOString()
    case 'integer':
    case 'number':
      return parseNumber(type, text)
    case 'json':
      return parseJson(text)
  }
}

function parseNumber(type: 'integer' | 'number', text: string): number {
  const value = Number(text)
  const isFit = type === 'integer' ? /^-?\d+$/.test(text) && Number.isSafeInteger(value) : text !== '' && Number.isFinite(value) // oxfmt-ignore
  if (!isFit) throw new InvalidArgumentError(type === 'integer' ? 'It is a whole number.' : 'It is a number.')
  return value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidArgumentError('It is written as JSON.')
  }
}
