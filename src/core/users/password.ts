// What a password has to be. Used wherever a person chooses one.

import { InvalidInputError } from '../../errors.ts'
import { maxSecretLength } from '../accounts/secret-hash.ts'

/** Length is what counts (NIST SP 800-63B 3.1.1.2); no rules of composition. */
export const minPasswordLength = 10

/** Throws InvalidInputError with a sentence for who chose it. */
export function checkPassword(password: string, { email, name }: { email: string; name: string }): void {
  if (password.length < minPasswordLength)
    throw new InvalidInputError(`a password has at least ${minPasswordLength} characters`, 'password')
  if (password.length > maxSecretLength)
    throw new InvalidInputError(`a password has at most ${maxSecretLength} characters`, 'password')
  const plain = password.toLowerCase()
  const known = [email, email.split('@')[0]!, name.toLowerCase(), 'password', 'contrail'].filter(
    (word) => word.length >= 4,
  )
  const rest = known.reduce((text, word) => text.replaceAll(word, ''), plain)
  if (new Set(plain).size < 4 || rest.length < 4 || '01234567890123456789 qwertyuiopasdfghjkl'.includes(plain))
    throw new InvalidInputError('this password is too easy to guess', 'password')
}
