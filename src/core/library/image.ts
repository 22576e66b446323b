// Images of the library, as they are read: by the account's clients, and by whoever opens a mail that shows them.

import type { Reader } from '../../db/db.ts'
import { sql, sqlLimit, sqlList } from '../../db/sql.ts'
import { NotFoundError } from '../../errors.ts'
import { listCampaigns } from '../campaigns/campaign.ts'
import type { CampaignSummary } from '../campaigns/campaign.ts'
import type { ImageType } from './image-header.ts'

export interface Image {
  imageId: number
  folderId: number
  publicId: string
  fileName: string
  description: string
  type: ImageType
  width: number
  height: number
  /** Bytes. */
  size: number
  md5: string
  sha256: string
  createdAt: number
}

const columns = sql`image_id as "imageId", folder_id as "folderId", public_id as "publicId", file_name as "fileName", description,
  type, width, height, size, md5, sha256, created_at as "createdAt"`

/** Of one folder, in the order they came; `after` is the last one already shown. */
export function listImages(
  db: Reader,
  accountId: number,
  folderId: number,
  page: { after: number; limit: number },
): Promise<Image[]> {
  return db.all<Image>(sql`
    select ${columns} from library_image
    where account_id = ${accountId} and folder_id = ${folderId} and image_id > ${page.after}
    order by image_id ${sqlLimit(page.limit)}`)
}

/** By folder and id; throws NotFoundError. */
export async function getImage(db: Reader, accountId: number, folderId: number, imageId: number): Promise<Image> {
  const image = await db.one<Image>(sql`
    select ${columns} from library_image
    where account_id = ${accountId} and image_id = ${imageId} and folder_id = ${folderId}`)
  if (!image) throw noSuchImage(folderId, imageId)
  return image
}

export function noSuchImage(folderId: number, imageId: number): NotFoundError {
  return new NotFoundError(`there is no image ${imageId} in folder ${folderId}`)
}

/** By the address that mails carry; undefined when it was never one, or is none any more. */
export function findPublicImage(db: Reader, accountId: number, publicId: string): Promise<Image | undefined> {
  return db.one<Image>(
    sql`select ${columns} from library_image where account_id = ${accountId} and public_id = ${publicId}`,
  )
}

const extensions: Readonly<Record<ImageType, string>> = { 'image/gif': 'gif', 'image/png': 'png', 'image/jpeg': 'jpg' }
const maxStemLength = 60

/** Where anybody finds the bytes, below this server's address. The file name in it is there to be read, no more. */
export function publicPath(accountId: number, image: Pick<Image, 'publicId' | 'fileName' | 'type'>): string {
  return `${publicFolder(accountId, image.publicId)}${plainFileName(image)}`
}

/** The name in plain ASCII without anything that means something to a URL, a header or a disk. */
export function plainFileName({ fileName, type }: Pick<Image, 'fileName' | 'type'>): string {
  const stem = fileName
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replaceAll(/[^a-z0-9_-]+/gi, '-')
    .replaceAll(/^-+|-+$/g, '')
  return `${stem.slice(0, maxStemLength) || 'image'}.${extensions[type]}`
}

function publicFolder(accountId: number, publicId: string): string {
  return `/library/${accountId}/${publicId}/`
}

export type ImageUsage = Pick<CampaignSummary, 'campaignId' | 'name'>

/** Looking through what campaigns say reads all of it, so no more than the latest are asked. */
const campaignsSearched = 1000

/** The account's latest campaigns that show the image, newest first. */
export async function listImageUsages(db: Reader, accountId: number, publicId: string): Promise<ImageUsage[]> {
  const campaigns = await listCampaigns(db, accountId, { limit: campaignsSearched })
  const ids = campaigns.map(({ campaignId }) => campaignId)
  const showing = await db.all<{ campaignId: number }>(sql`
    select campaign_id as "campaignId" from campaign
    where campaign_id in ${sqlList(ids)} and account_id = ${accountId} and content like ${`%${publicFolder(accountId, publicId)}%`}`)
  const shown = new Set(showing.map(({ campaignId }) => campaignId))
  return campaigns.filter(({ campaignId }) => shown.has(campaignId))
}
