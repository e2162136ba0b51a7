import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime/ids.ts'
import { testFolder } from '@praxisbus/testing'
import { openFolderStore } from './folder-store.ts'

const bytes = Buffer.from('a page')

async function published(root: string, practiceId: string) {
  const store = await openFolderStore(root)
  const draft = await store.draft(practiceId)
  const name = await draft.add(bytes)
  await draft.publish()
  await draft.close()
  return { store, name, path: join(root, practiceId, name.slice(0, 2), name) }
}

test('I-08 an object is read back by the hash of its content, in its own practice only', async () => {
  const practiceId = newId()
  const { store, name } = await published(await testFolder('store'), practiceId)
  expect(name).toMatch(/^[0-9a-f]{64}$/)
  expect(await store.read(practiceId, name)).toEqual(bytes)
  await expect(store.read(newId(), name)).rejects.toThrow('ENOENT')
  await expect(store.read(practiceId, '0'.repeat(64))).rejects.toThrow('ENOENT')
  await expect(store.read(practiceId, '../../etc/passwd')).rejects.toThrow(TypeError)
  await expect(store.read('..', name)).rejects.toThrow(TypeError)
})

test('I-08 an object that was changed on disk is not given out, and heals when it is stored again', async () => {
  const root = await testFolder('store')
  const practiceId = newId()
  const { store, name, path } = await published(root, practiceId)
  await writeFile(path, 'another page')
  await expect(store.read(practiceId, name)).rejects.toThrow('is damaged')
  await published(root, practiceId)
  expect(await store.read(practiceId, name)).toEqual(bytes)
})

test('I-08 a draft that was not published leaves nothing; one left by a dead process is cleared away', async () => {
  const root = await testFolder('store')
  const store = await openFolderStore(root)
  const draft = await store.draft(newId())
  await draft.add(bytes)
  await draft.close()
  expect(await readdir(root, { recursive: true })).toEqual(['drafts'])
  const dead = join(root, 'drafts', 'dead')
  await mkdir(dead)
  await utimes(dead, 0, 0)
  await openFolderStore(root)
  expect(await readdir(root, { recursive: true })).toEqual(['drafts'])
})
