// Pages as something to go through: `for await` gives every item of every page, `await` the first page.

export interface Page<Item> {
  items: Item[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export class Pages<Item> implements AsyncIterable<Item>, PromiseLike<Page<Item>> {
  readonly #read: (cursor: string | undefined) => Promise<Page<Item>>

  constructor(read: (cursor: string | undefined) => Promise<Page<Item>>) {
    this.#read = read
  }

  // oxlint-disable-next-line unicorn/no-thenable
  then<A = Page<Item>, B = never>(
    onfulfilled?: ((page: Page<Item>) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#read(undefined).then(onfulfilled, onrejected)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, undefined> {
    for await (const page of this.pages()) yield* page.items
    return undefined
  }

  /** Page by page; one may be empty and not the last. */
  async *pages(): AsyncGenerator<Page<Item>, undefined> {
    let cursor: string | undefined
    do {
      const page = await this.#read(cursor)
      yield page
      cursor = page.next
    } while (cursor !== undefined)
    return undefined
  }
}
