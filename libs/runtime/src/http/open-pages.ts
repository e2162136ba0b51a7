import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import express, { type Router } from 'express'
import type { Metrics } from '../metrics.ts'

export interface OpenPages {
  readonly service: string
  readonly metrics: Metrics
  readonly openApi: object
  /** Names what is missing for this process to answer requests; empty where it is ready. */
  readonly notReady: () => Promise<string[]>
  /** Parts that may be away while the service still answers, for instance Kafka. */
  readonly degraded: () => string[]
}

const require = createRequire(import.meta.url)
const swaggerFolder = dirname(require.resolve('swagger-ui-dist/package.json'))
const asyncApiFile = require.resolve('@praxisbus/contracts/schemas/asyncapi.json')

/** Pages without sign-in: none of them shows a record. */
export function openPages(pages: OpenPages): Router {
  const router = express.Router()
  router.get(
    '/healthz',
    (_request, response) => void response.json({ status: 'alive', service: pages.service }),
  )
  router.get('/readyz', async (_request, response) => {
    const missing = await pages.notReady()
    response
      .status(missing.length === 0 ? 200 : 503)
      .json({ status: missing.length === 0 ? 'ready' : 'not ready', missing, degraded: pages.degraded() })
  })
  router.get('/metrics', async (_request, response) => {
    response
      .set('content-type', pages.metrics.registry.contentType)
      .end(await pages.metrics.registry.metrics())
  })
  router.get('/openapi.json', (_request, response) => void response.json(pages.openApi))
  router.get(
    '/asyncapi.json',
    (_request, response) => void response.type('json').end(readFileSync(asyncApiFile)),
  )
  router.get('/docs', (_request, response) => void response.type('html').end(page(pages.service)))
  router.get('/docs/start.js', (_request, response) => void response.type('js').end(START))
  router.use('/docs/ui', express.static(swaggerFolder, { index: false }))
  return router
}

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', docExpansion: 'list', tryItOutEnabled: true })`

function page(service: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Praxisbus ${service}: API</title><link rel="stylesheet" href="/docs/ui/swagger-ui.css"></head>
<body><div id="api"></div><script src="/docs/ui/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>`
}
