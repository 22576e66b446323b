// What a crash leaves of the library is found and removed, and nothing else is.

import assert from 'node:assert/strict'
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { testOnEach } from '../../../test/databases.ts'
import { startTestServer } from '../../../test/server.ts'
import { gif, postFolder, postImage } from '../../../test/upload.ts'
import { libraryPath } from '../../config.ts'
import { bytesPath } from './image-bytes.ts'
import { findPublicImage, listImages } from './image.ts'
import { examineLibrary, sweepLibrary } from './sweep.ts'

testOnEach('files of no image go once they are an hour old; images, young files and strangers stay', async () => {
  await using server = await startTestServer()
  const { app, accountId, clock } = server
  await postFolder(server, 'Spring')
  await postImage(server, 1, gif())
  const library = libraryPath(app.config)
  const [image] = await listImages(app.db, accountId, 1, { after: 0, limit: 1 })
  const kept = bytesPath(library, accountId, image!.sha256)
  const orphan = bytesPath(library, accountId, 'a'.repeat(64))
  const other = bytesPath(library, 7, 'b'.repeat(64))
  const temporary = `${kept}.0123456789ab.tmp`
  const stranger = join(library, 'README')
  for (const path of [orphan, other, temporary, stranger]) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, 'x')
  }
  const { mtimeMs } = await stat(orphan)
  clock.now = mtimeMs + 3_599_000
  assert.equal(await sweepLibrary(app.db, library, clock.now), 0)
  for (const path of [kept, orphan, other, temporary, stranger])
    await utimes(path, (clock.now - 3_601_000) / 1000, (clock.now - 3_601_000) / 1000)
  assert.equal((await examineLibrary(app.db, library)).unnamed, 3)
  assert.equal(await sweepLibrary(app.db, library, clock.now), 3)
  const left = (await readdir(library, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  assert.deepEqual(left.map(({ name }) => name).toSorted(), [image!.sha256, 'README'].toSorted())
  assert.ok(await findPublicImage(app.db, accountId, image!.publicId))
})

testOnEach('images whose bytes are lost or cut short are counted', async () => {
  await using server = await startTestServer()
  const { app, accountId } = server
  const library = libraryPath(app.config)
  assert.deepEqual(await examineLibrary(app.db, library), { images: 0, bytes: 0, damaged: 0, unnamed: 0 })
  await postFolder(server, 'Spring')
  for (const seed of [1, 2, 3]) await postImage(server, 1, gif(1, 1, seed))
  const images = await listImages(app.db, accountId, 1, { after: 0, limit: 3 })
  await rm(bytesPath(library, accountId, images[0]!.sha256))
  await writeFile(bytesPath(library, accountId, images[1]!.sha256), 'GIF')
  assert.deepEqual(await examineLibrary(app.db, library), { images: 3, bytes: 126, damaged: 2, unnamed: 0 })
})
