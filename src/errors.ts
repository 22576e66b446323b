// The failures every part shares. Each has a stable `code` for programs; each face turns them into its own wire.

/** The root of all failures that Contrail itself raises; `code` never changes once released. */
export class ContrailError extends Error {
  override name = 'ContrailError'
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The thing named does not exist in this account. */
export class NotFoundError extends ContrailError {
  override name = 'NotFoundError'
  constructor(message: string) {
    super('not_found', message)
  }
}

/** What came from outside can't be accepted; `field` names the part at fault when there is one. */
export class InvalidInputError extends ContrailError {
  override name = 'InvalidInputError'
  readonly field: string | undefined
  constructor(message: string, field?: string) {
    super('invalid_input', message)
    this.field = field
  }
}

/** Something of that name or id exists already. */
export class ConflictError extends ContrailError {
  override name = 'ConflictError'
  constructor(message: string) {
    super('conflict', message)
  }
}

/** The asker may not do this to that. */
export class ForbiddenError extends ContrailError {
  override name = 'ForbiddenError'
  constructor(message: string) {
    super('forbidden', message)
  }
}

/** The operator's settings contradict each other or the machine; the message names the variable. */
export class ConfigError extends ContrailError {
  override name = 'ConfigError'
  constructor(message: string) {
    super('bad_config', message)
  }
}

/** The store can't take the request now; the same call may go through later. */
export class UnavailableError extends ContrailError {
  override name = 'UnavailableError'
  constructor(message: string, options?: ErrorOptions) {
    super('unavailable', message, options)
  }
}

/**
 * Another process changed meanwhile what a transaction had read. The store runs the transaction again, which then finds
 * the change; one that loses every time is UnavailableError.
 */
export class RaceLostError extends ContrailError {
  override name = 'RaceLostError'
  constructor(what: string) {
    super('race_lost', `${what} was changed by another process at the same time`)
  }
}
