// The Library on the old wire: folders and the images in them (wire-2008 8.2).

import { libraryPath } from '../../config.ts'
import { createFolder, getFolder, listFolders } from '../../core/library/folder.ts'
import { getImage, listImages, listImageUsages } from '../../core/library/image.ts'
import { addImage, deleteFolderImages, deleteImage, maxImageBytes } from '../../core/library/write-image.ts'
import type { Library, NewImage } from '../../core/library/write-image.ts'
import { openCursor, sealCursor } from '../../db/page.ts'
import { InvalidInputError } from '../../errors.ts'
import { atomAnswer, createdAnswer, emptyAnswer } from './answer.ts'
import type { Document } from './answer.ts'
import { queryValues } from './asked.ts'
import type { Asked } from './asked.ts'
import { foldersPath, imagesPath, renderFolder, renderImage, renderLibraryFeed } from './library-entry.ts'
import { childText, readEntry } from './read-entry.ts'
import type { Part } from './read-multipart.ts'

const pageSize = 50
const maxName = 255
const maxDescription = 1000

/** The largest image as base64, its entry, and what stands around them. */
export const uploadLimit = Math.ceil((maxImageBytes * 4) / 3 / 76) * 78 + 64 * 1024

/** GET /ws/customers/{u}/library/folders */
export async function getFolders(asked: Asked): Promise<Document> {
  const { accountId } = asked.account
  const list = (after: number): ReturnType<typeof listFolders> =>
    listFolders(asked.app.db, accountId, { after, limit: pageSize + 1 })
  const { shown, next } = await readPage(asked, 'folders', list, ({ folderId }) => folderId)
  const entries = shown.map((folder) => renderFolder(asked, folder, 'in feed'))
  return atomAnswer(renderLibraryFeed(asked, { title: 'Image Folders', path: foldersPath, next, entries }))
}

/** POST /ws/customers/{u}/library/folders: 201 with the entry; 409 when the name is taken. */
export async function postFolder(asked: Asked, body: Uint8Array): Promise<Response> {
  // This dialect's entries have no Atom elements to be checked.
  const name = childText(readEntry(body, 'Folder', 'update'), 'Name', maxName)
  if (!name) throw new InvalidInputError('a new folder needs a Name')
  const folder = await createFolder(asked.app.db, asked.account.accountId, name, asked.now)
  return createdAnswer(`${asked.idBase}${foldersPath}/${folder.folderId}`, renderFolder(asked, folder, 'document'))
}

/** GET /ws/customers/{u}/library/folders/{id}/images */
export async function getImages(asked: Asked, folderId: number): Promise<Document> {
  const { db } = asked.app
  const { accountId } = asked.account
  const folder = await getFolder(db, accountId, folderId)
  const list = (after: number): ReturnType<typeof listImages> =>
    listImages(db, accountId, folderId, { after, limit: pageSize + 1 })
  const { shown, next } = await readPage(asked, `images ${folderId}`, list, ({ imageId }) => imageId)
  const entries = shown.map((image) => renderImage(asked, folder, image, 'in feed'))
  return atomAnswer(renderLibraryFeed(asked, { title: 'Images', path: imagesPath(folderId), next, entries }))
}

/** GET /ws/customers/{u}/library/folders/{id}/images/{id}, with the campaigns that show it. */
export async function getOneImage(asked: Asked, folderId: number, imageId: number): Promise<Document> {
  const { db } = asked.app
  const { accountId } = asked.account
  const folder = await getFolder(db, accountId, folderId)
  const image = await getImage(db, accountId, folderId, imageId)
  const usages = await listImageUsages(db, accountId, image.publicId)
  return atomAnswer(renderImage(asked, folder, image, 'document', usages))
}

/** POST /ws/customers/{u}/library/folders/{id}/images: 201 with the entry. */
export async function postImage(asked: Asked, folderId: number, parts: Part[]): Promise<Response> {
  const { db } = asked.app
  const { accountId } = asked.account
  const folder = await getFolder(db, accountId, folderId)
  const image = await addImage(db, libraryOf(asked), accountId, folderId, readImage(parts), asked.now)
  return createdAnswer(
    `${asked.idBase}${imagesPath(folderId)}/${image.imageId}`,
    renderImage(asked, folder, image, 'document', []),
  )
}

/** DELETE /ws/customers/{u}/library/folders/{id}/images/{id}: 204. */
export async function deleteOneImage(asked: Asked, folderId: number, imageId: number): Promise<Response> {
  await deleteImage(asked.app.db, libraryOf(asked), asked.account.accountId, folderId, imageId)
  return emptyAnswer()
}

/** DELETE /ws/customers/{u}/library/folders/{id}/images: 204, and the folder is empty. */
export async function deleteImages(asked: Asked, folderId: number): Promise<Response> {
  await deleteFolderImages(asked.app.db, libraryOf(asked), asked.account.accountId, folderId)
  return emptyAnswer()
}

// The entry, then the bytes; how the parts are named and labelled differs.
function readImage([first, second]: Part[]): NewImage {
  if (!first || !second) throw new InvalidInputError('an image is sent as two parts: its entry, then its bytes')
  const payload = readEntry(first.bytes, 'Image', 'update')
  const md5 = childText(payload, 'MD5Hash', maxName)
  if (md5 && !/^[0-9a-f]{32}$/i.test(md5)) throw new InvalidInputError('MD5Hash is 32 hexadecimal digits')
  return {
    fileName: parseFileName(childText(payload, 'FileName', maxName) || second.filename || ''),
    description: childText(payload, 'Description', maxDescription) ?? '',
    md5: md5 || undefined,
    bytes: second.bytes,
  }
}

// Some clients send the whole path the file had.
function parseFileName(sent: string): string {
  const name = sent.split(/[/\\]/).at(-1)!.trim()
  if (name === '' || /^\.+$/.test(name) || name.length > maxName || /\p{Cc}/u.test(name))
    throw new InvalidInputError(`FileName is a file name of at most ${maxName} characters`)
  return name
}

async function readPage<T>(
  asked: Asked,
  name: string,
  list: (after: number) => Promise<T[]>,
  idOf: (item: T) => number,
): Promise<{ shown: T[]; next: string | undefined }> {
  const scope = `2008 library ${asked.account.accountId} ${name}`
  const [token] = queryValues(asked.query, 'next')
  const items = await list(token === undefined ? 0 : (openCursor(asked.app.cursorKey, scope, token) as number))
  const shown = items.slice(0, pageSize)
  const next = items.length > pageSize ? sealCursor(asked.app.cursorKey, scope, idOf(shown.at(-1)!)) : undefined
  return { shown, next }
}

function libraryOf({ app }: Asked): Library {
  return { path: libraryPath(app.config), quotaBytes: app.config.libraryQuotaMb * 2 ** 20 }
}
