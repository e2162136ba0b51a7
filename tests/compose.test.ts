import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { SERVICES, type ServiceName } from '@praxisbus/contracts'
import { completed, SECRETS } from '@praxisbus/operator/secrets/env-file.ts'
import { handOut } from '@praxisbus/operator/secrets/hand-out.ts'
import { composeFile, filledIn, interpolated, ROOT, settingsReadBy, variablesIn } from './compose/file.ts'

const { services, volumes, networks, text } = composeFile()
const entries = Object.entries(services)
const isStep = (name: string) => services[name]!.restart === 'no'
const example = readFileSync(join(ROOT, '.env.example'), 'utf8')
const secrets = completed('', {}).values

describe('docker-compose.yml', () => {
  test('each image is pinned to a version; what we build is built from this folder', () => {
    for (const [name, { image }] of entries) {
      expect([name, filledIn(image)]).toEqual([name, expect.stringMatching(/^[\w./-]+:v?\d[\w.-]*$/)])
    }
    expect(text).not.toMatch(/:latest\b/)
  })

  test('an image of ours is built by one service alone, which all that take it wait for', () => {
    const built = entries.filter(([, { build }]) => build).map(([name, { image }]) => [image, name])
    expect(built.map(([, name]) => name)).toEqual(['secrets', 'trial'])
    expect(new Set(built.map(([image]) => image)).size).toBe(2)
    for (const [name, { image, build, pull_policy }] of entries) {
      if (!image.startsWith('praxisbus')) continue
      expect([name, pull_policy]).toEqual([name, build ? expect.stringContaining('-build}') : 'never'])
    }
  })

  test('each service has a health check, or is a step that ends; the image brings the services’ own', () => {
    for (const [name, service] of entries) {
      const tested =
        service.healthcheck?.test ?? (service.image.startsWith('praxisbus:') ? 'of the image' : undefined)
      if (isStep(name)) expect([name, service.healthcheck?.disable]).toEqual([name, true])
      else expect([name, tested]).toEqual([name, expect.anything()])
    }
    expect(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).toMatch(/\nHEALTHCHECK .*\\\n {2}CMD \["node", /)
  })

  test('each service has limits, keeps few rights and little log, and comes back after a crash', () => {
    for (const [name, service] of entries) {
      const limits = service.deploy?.resources?.limits
      expect([name, limits]).toEqual([
        name,
        { cpus: expect.anything(), memory: expect.anything(), pids: expect.any(Number) },
      ])
      expect([name, service.read_only, service.cap_drop]).toEqual([name, true, ['ALL']])
      expect([name, service.security_opt]).toEqual([name, expect.arrayContaining(['no-new-privileges:true'])])
      expect([name, service.logging]).toMatchObject([name, { options: { 'max-size': '10m' } }])
      expect([name, service.privileged, service.network_mode === 'host']).toEqual([name, undefined, false])
      if (!isStep(name)) expect([name, service.restart]).toEqual([name, 'unless-stopped'])
    }
  })

  test('one host with one processor can start it', () => {
    for (const [name, { deploy }] of entries)
      expect([name, Number(filledIn(deploy!.resources.limits.cpus!)) <= 1]).toEqual([name, true])
  })

  test('what is waited for is there: steps to their end, the others until they are healthy', () => {
    for (const [name, { depends_on: needs = {} }] of entries) {
      for (const [other, { condition }] of Object.entries(needs)) {
        const wanted = isStep(other) ? 'service_completed_successfully' : 'service_healthy'
        expect([name, other, condition]).toEqual([name, other, wanted])
        expect(Object.keys(services)).toContain(other)
      }
    }
    // `up --wait` takes the end of a step for a failure unless somebody waits for just that.
    const ending = entries.flatMap(([, { depends_on: needs = {} }]) => Object.keys(needs)).filter(isStep)
    const alwaysThere = entries.filter(([name, { profiles }]) => isStep(name) && !profiles)
    for (const [name] of alwaysThere) expect(ending).toContain(name)
  })

  test('data lies in named volumes that are declared, and PostgreSQL’s where version 18 wants it', () => {
    const used = entries.flatMap(([, service]) => service.volumes ?? []).map((mount) => mount.split(':')[0]!)
    const named = used.filter((source) => /^[a-z]/.test(source))
    expect([...new Set(named)].sort()).toEqual(Object.keys(volumes).sort())
    expect(services.postgres!.volumes).toContain('postgres:/var/lib/postgresql')
  })

  test('nothing but the services, the trial and the pages of observability can be reached from the host, and that from this host alone', () => {
    for (const [name, { ports = [] }] of entries) {
      for (const port of ports)
        expect([name, port]).toEqual([
          name,
          expect.stringMatching(/^(127\.0\.0\.1|\$\{PRAXISBUS_BIND:-127\.0\.0\.1\}):/),
        ])
    }
    const open = entries.filter(([, { ports }]) => ports).map(([name]) => name)
    expect(open.sort()).toEqual([...SERVICES, 'grafana', 'prometheus', 'trial'].sort())
    for (const name of ['postgres', 'redis', 'kafka', 'migrate']) {
      for (const network of services[name]!.networks!) expect(networks[network]).toEqual({ internal: true })
    }
  })

  test('a range of ports for each service, none of which another has', () => {
    const ranges = entries.flatMap(([, { ports = [] }]) => ports.map((port) => filledIn(port).split(':')[1]!))
    const taken = ranges.flatMap((range) => {
      const [first, last = first] = range.split('-').map(Number)
      return Array.from({ length: last! - first! + 1 }, (_, index) => first! + index)
    })
    expect(new Set(taken).size).toBe(taken.length)
    for (const service of SERVICES) {
      for (const port of services[service]!.ports!) expect(filledIn(port)).toMatch(/:\d+-\d+:(8080|9090)$/)
    }
  })
})

describe('settings and secrets', () => {
  test.each(SERVICES)(
    '%s: every setting is one that it reads, and with the defaults none is missing',
    async (name) => {
      const environment = interpolated(services[name]!.environment!)
      const handed = parseEnv(handOut(secrets)[name]!.env!)
      const image = { SERVICE_HOST: '0.0.0.0', HTTP_PORT: '8080', GRPC_PORT: '9090' }
      const read = await settingsReadBy(name as ServiceName, { ...image, ...environment, ...handed })
      expect(read.fault).toBeUndefined()
      expect(
        Object.keys({ ...environment, ...handed }).filter((setting) => !read.names.has(setting)),
      ).toEqual([])
    },
  )

  test('the image sets the ports that the compose file opens', () => {
    expect(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).toMatch(
      /ENV SERVICE_HOST=0\.0\.0\.0 \\\n +HTTP_PORT=8080 \\\n +GRPC_PORT=9090\n/,
    )
  })

  test('.env.example lists every setting and every secret, with the default that the compose file has', () => {
    const listed = parseEnv(example.replaceAll(/^# (SMTP_URL|MAIL_FROM)=/gm, '$1='))
    const variables = variablesIn(text)
    expect(Object.keys(listed).sort()).toEqual(
      [...new Set([...variables.keys(), ...Object.keys(SECRETS)])].sort(),
    )
    for (const [name, fallbacks] of variables) {
      if (example.includes(`\n# ${name}=`)) continue
      const plain = fallbacks.filter((fallback) => !fallback.includes('${'))
      if (plain.length === fallbacks.length)
        expect([name, ...fallbacks]).toEqual([name, ...plain.map(() => listed[name])])
    }
  })

  test('no secret stands in a file that is committed, or reaches a container through its environment', () => {
    for (const name of Object.keys(SECRETS)) {
      expect(text).not.toContain(`{${name}`)
      expect(parseEnv(example)[name]).toBe('')
    }
    expect(readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n')).toContain('.env')
    const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n')
    expect(ignored).toEqual(expect.arrayContaining(['*', '**/.env*']))
  })

  test('the first step is told what stands in place of the trial, and of a mail server only whether there is one', () => {
    expect(services.secrets!.environment).toEqual({
      // biome-ignore-start lint/suspicious/noTemplateCurlyInString: as compose has it
      PRAXISBUS_TRIAL: '${PRAXISBUS_TRIAL:-1}',
      OIDC_ISSUER: '${OIDC_ISSUER:-}',
      SMTP_GIVEN: '${SMTP_URL+yes}',
      // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as compose has it
    })
  })

  test('each part mounts its own secrets and no other’s', () => {
    const readers = Object.keys(handOut(secrets))
    for (const [name, service] of entries) {
      const mounted = (service.volumes ?? []).filter((mount) => mount.startsWith('secrets-'))
      if (name === 'secrets') {
        expect(mounted.sort()).toEqual(
          ['kept', ...readers].map((reader) => `secrets-${reader}:/handed/${reader}`).sort(),
        )
      } else
        expect([name, ...mounted]).toEqual([
          name,
          ...(readers.includes(name) ? [`secrets-${name}:/run/praxisbus:ro`] : []),
        ])
    }
  })
})

describe('the image', () => {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')

  test('knows every workspace, or npm would refuse the lockfile', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
    const workspaces = Object.keys(packages).filter((path) => path && !path.includes('node_modules'))
    for (const folder of workspaces) expect(dockerfile).toContain(`COPY ${folder}/package.json ${folder}/`)
    for (const service of readdirSync(join(ROOT, 'services')))
      expect(dockerfile).toContain(`-w services/${service}`)
  })

  test('ends as a user without rights, on the official image of the Node that the project pins', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)]
      .map(([, base]) => base!)
      .filter((base) => base.includes(':'))
    expect(new Set(bases)).toEqual(new Set([`node:${devDependencies.node.split('.')[0]}-slim`]))
    expect(dockerfile.split(/^FROM /m).at(-1)).not.toMatch(/^USER |npm /m)
    expect(dockerfile).toMatch(/\nUSER node\nENTRYPOINT \["node"\]\n/)
  })
})

test('docker compose takes the file, where there is a docker here', async () => {
  const run = promisify(execFile)
  const version = await run('docker', ['compose', 'version', '--short']).catch(() => undefined)
  if (!version) return
  const all = ['--profile', '*', '--env-file', join(ROOT, '.env.example')]
  await run('docker', ['compose', '-f', join(ROOT, 'docker-compose.yml'), ...all, 'config', '--quiet'])
})
