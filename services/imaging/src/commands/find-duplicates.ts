import { type CommandContext, sql } from '@praxisbus/runtime'

interface Page {
  readonly imageId: string
  readonly pageNumber: number
  readonly sha256: string
  readonly blank: boolean
}

/** Any number that no other lock of two numbers uses. */
const RECOGNISING = 1_404

/**
 * For each page that the practice has already: its first image (I-04). A page is known by its pixels, whatever format it
 * comes in, unless it is blank: all blank sheets look alike. The same page of the very same file is known in any case,
 * also when a newer decoder draws it a little differently.
 */
export async function findDuplicates(
  { tx, principal }: CommandContext,
  fileSha256: string,
  pages: readonly Page[],
): Promise<ReadonlyMap<string, string>> {
  // Two imports of one page at the same moment must see each other. Taken last, so it cannot be part of a deadlock.
  await tx.run(sql`select pg_advisory_xact_lock(${RECOGNISING}, hashtext(${principal.practiceId}))`)
  const telling = pages.filter((page) => !page.blank).map((page) => page.sha256)
  const byPixels = await tx.many<{ sha256: string; id: string }>(sql`
    select distinct on (pixel_sha256) pixel_sha256 as sha256, id from image
     where pixel_sha256 = any(${telling}) order by pixel_sha256, id`)
  const byFile = await tx.many<{ pageNumber: number; id: string }>(sql`
    select distinct on (page_number) page_number, image.id
      from image_file join image on image.practice_id = image_file.practice_id and image_file_id = image_file.id
     where image_file.sha256 = ${fileSha256} order by page_number, image.id`)
  const firstOf = new Map(byPixels.map(({ sha256, id }) => [sha256, id]))
  const samePage = new Map(byFile.map(({ pageNumber, id }) => [pageNumber, id]))
  const found = new Map<string, string>()
  for (const page of pages) {
    const first = samePage.get(page.pageNumber) ?? (page.blank ? undefined : firstOf.get(page.sha256))
    if (first) found.set(page.imageId, first)
    // A page may also repeat within its file.
    else if (!page.blank) firstOf.set(page.sha256, page.imageId)
  }
  return found
}
