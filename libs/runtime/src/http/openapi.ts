import { z } from 'zod'
import type { CommandRoute, PageRoute, QueryRoute, Route, WebhookRoute } from './route.ts'

type Json = Record<string, unknown>

/** OpenAPI 3.1 from the route table: what is not in the table does not exist, what is in it cannot be left out. */
export function openApi(service: string, description: string, routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const [method, path] = route.endpoint.split(' ') as [string, string]
    const openPath = path.replaceAll(/:(\w+)/g, '{$1}')
    paths[openPath] = { ...paths[openPath], [method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: `Praxisbus ${service}`, version: '1', description },
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: PROBLEM_SCHEMA },
    },
  }
}

function operation(route: Route): Json {
  const [method, path] = route.endpoint.split(' ') as [string, string]
  const named = {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[/:-]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    tags: [path.split('/')[2]],
    summary: route.summary,
  }
  if (route.kind === 'page') return { ...named, ...linkedOperation(route) }
  if (route.kind === 'webhook') return { ...named, ...signedOperation(route) }
  return {
    ...named,
    description: `Needs the permission \`${route.permission}\`.`,
    parameters: [...parameters('path', route.params), ...parameters('query', route.query), ...headers(route)],
    ...(route.kind === 'command' ? requestBody(route) : {}),
    responses: responses(route),
  }
}

function signedOperation(route: WebhookRoute): Json {
  const signature = {
    name: route.signedIn,
    in: 'header',
    required: true,
    schema: { type: 'string' },
    description: `The signature of ${route.sender} over the body.`,
  }
  return {
    description: `For ${route.sender}, which signs what it sends: no access token.`,
    security: [],
    parameters: [signature],
    requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
    responses: {
      [route.status]: success(route),
      ...problemsOf(withRefusals(new Map([['413', 'The body is too large'], SERVER_AWAY]), route)),
    },
  }
}

function linkedOperation({ endpoint }: PageRoute): Json {
  const html = (description: string) => ({
    description,
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  const token = { name: 'token', in: 'path', required: true, schema: { type: 'string' } }
  const form = { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } }
  return {
    tags: ['pages'],
    description: 'A page for whoever holds the link: no access token.',
    security: [],
    parameters: [token],
    ...(endpoint.startsWith('POST ') ? { requestBody: { required: true, content: form } } : {}),
    responses: {
      200: html('The page'),
      404: html('The link leads nowhere'),
      410: html('The link has expired'),
      503: html('The page cannot be shown just now'),
      ...problemsOf(new Map([['429', PLUMBING[429]!]])),
    },
  }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  return rest
}

function parameters(place: 'path' | 'query', schema: z.ZodType | undefined): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Json
    required?: string[]
  }
  return Object.entries(properties).map(([name, inner]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: inner,
  }))
}

function headers(route: CommandRoute | QueryRoute): Json[] {
  const practice = {
    name: 'Praxisbus-Practice',
    in: 'header',
    required: false,
    schema: { type: 'string', format: 'uuid' },
    description: 'Only for users who work for several practices: which one this is for.',
  }
  if (route.kind === 'query') return [practice]
  const list: Json[] = [practice]
  if (route.endpoint.startsWith('POST ')) {
    list.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: true,
      schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,200}$' },
      description: 'A new UUID for each intention; the same one repeats the answer instead of the effect.',
    })
  }
  if (route.ifMatch !== 'none') {
    list.push({
      name: 'If-Match',
      in: 'header',
      required: route.ifMatch === 'required',
      schema: { type: 'string', pattern: '^"[1-9][0-9]{0,14}"$' },
      description: 'The ETag of the record as you last read it.',
    })
  }
  return list
}

function requestBody(route: CommandRoute): Json {
  if (route.file) {
    const content = Object.fromEntries(
      route.file.types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
    )
    return { requestBody: { required: true, content } }
  }
  if (!route.body) return {}
  return {
    requestBody: {
      required: true,
      content: { 'application/json': { schema: schemaOf(route.body, 'input') } },
    },
  }
}

const PLUMBING: Readonly<Record<number, string>> = {
  400: 'Malformed input; `errors` names each field',
  401: 'No valid access token',
  403: 'The permission or the practice is missing',
  429: 'Too many requests; see Retry-After',
  503: 'The database or another service cannot be reached',
}

const SERVER_AWAY: [string, string] = ['503', PLUMBING[503]!]

function responses(route: CommandRoute | QueryRoute): Json {
  const texts = new Map(Object.entries(PLUMBING))
  if (route.kind === 'command') {
    texts.set('422', 'The Idempotency-Key was used before with another request')
    if (route.ifMatch !== 'none') texts.set('412', '`stale`: somebody changed the record meanwhile')
    if (route.ifMatch === 'required') texts.set('428', 'If-Match is missing')
    if (route.body || route.file)
      texts.set('413', 'The body is too large').set('415', 'The body is of a type not taken here')
  }
  const successStatus = route.kind === 'command' ? route.status : 200
  return { [successStatus]: success(route), ...problemsOf(withRefusals(texts, route)) }
}

function success({ output }: CommandRoute | QueryRoute | WebhookRoute): Json {
  if (output === 'binary')
    return { description: 'The file', content: { '*/*': { schema: { type: 'string', format: 'binary' } } } }
  return { description: 'Done', content: { 'application/json': { schema: schemaOf(output, 'output') } } }
}

function withRefusals(
  texts: Map<string, string>,
  route: CommandRoute | QueryRoute | WebhookRoute,
): Map<string, string> {
  for (const [code, status] of Object.entries(route.refusals)) {
    const text = `\`${code}\``
    const before = texts.get(String(status))
    texts.set(String(status), before ? `${before}; ${text}` : text)
  }
  return texts
}

function problemsOf(texts: ReadonlyMap<string, string>): Json {
  const problems = [...texts].map(([status, description]) => [
    status,
    {
      description,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ])
  return Object.fromEntries(problems)
}

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'next'],
  properties: {
    type: { type: 'string', description: 'urn:praxisbus:problem:<code>' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    next: { type: 'string', description: 'What to do next' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { field: { type: 'string' }, detail: { type: 'string' } } },
    },
    traceId: { type: 'string' },
  },
}
