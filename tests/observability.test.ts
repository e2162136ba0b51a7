import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase } from '@praxisbus/runtime'
import { openLog } from '@praxisbus/runtime/log.ts'
import { openMetrics } from '@praxisbus/runtime/metrics.ts'
import { parse } from 'yaml'
import { startWatchingBalance } from '../services/billing/src/postings/watch-balance.ts'
import { startWatchingConnections } from '../services/scheduler/src/google/watch.ts'
import { composeFile, ROOT } from './compose/file.ts'

/** Dashboards and alerts name metrics as texts: nothing else would notice that one was renamed. */
interface Known {
  readonly names: ReadonlySet<string>
  readonly labels: ReadonlySet<string>
}
let known: Known

beforeAll(async () => {
  known = await metricsOfServices()
})

const DASHBOARDS = join(ROOT, 'deploy/dashboards')
const dashboards = readdirSync(DASHBOARDS).map((file) =>
  JSON.parse(readFileSync(join(DASHBOARDS, file), 'utf8')),
)
const alerts = parse(readFileSync(join(ROOT, 'deploy/compose/prometheus/alerts.yml'), 'utf8')).groups.flatMap(
  (group: { rules: Alert[] }) => group.rules,
) as Alert[]

interface Alert {
  readonly alert: string
  readonly expr: string
  readonly annotations: { readonly summary: string; readonly action: string }
}

interface Panel {
  readonly id: number
  readonly title: string
  readonly type: string
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[]
}

const panels = dashboards.flatMap(({ panels: list }) => list as Panel[]).filter(({ type }) => type !== 'row')
const expressions = [
  ...panels.flatMap(({ title, targets }) => targets!.map(({ expr }) => [title, expr] as const)),
  ...alerts.map(({ alert, expr }) => [alert, expr] as const),
]

/** As a service registers them, with the names that Prometheus makes of histograms and those that it adds. */
async function metricsOfServices(): Promise<Known> {
  const metrics = openMetrics('billing')
  const nowhere = openDatabase('postgres://nobody@127.0.0.1:1/none', { max: 1 })
  const watch = startWatchingBalance({
    database: nowhere,
    relay: nowhere,
    log: openLog('billing', 'silent'),
    metrics,
  })
  const calendars = startWatchingConnections({
    relay: nowhere,
    log: openLog('scheduler', 'silent'),
    metrics,
  })
  metrics.showLoad(nowhere.load)
  metrics.showReading(() => true)
  await Promise.all([watch.stop(), calendars.stop()])
  await nowhere.close()
  const all = metrics.registry.getMetricsAsArray() as unknown as {
    name: string
    type: string
    labelNames?: string[]
  }[]
  const names = all.flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  )
  const labels = all.flatMap(({ labelNames = [] }) => labelNames)
  return {
    names: new Set([...names, 'up']),
    labels: new Set([...labels, 'service', 'instance', 'job', 'le']),
  }
}

const WORDS = new Set([
  'by',
  'without',
  'or',
  'and',
  'unless',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'bool',
])

/** Names of metrics in a PromQL expression, and of the labels that it chooses or groups by. */
function namesIn(expression: string): { metrics: string[]; labels: string[] } {
  const labels: string[] = []
  const text = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\{([^}]*)\}/g, (_, matchers: string) => {
      labels.push(...[...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, label]) => label!))
      return ''
    })
    .replaceAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g, (_, list: string) => {
      labels.push(...list.split(',').map((label) => label.trim()))
      return ' '
    })
    .replaceAll(/\[[^\]]*\]/g, '')
  const metrics = [...text.matchAll(/\b([a-z_]\w*)\b(?!\s*\()/gi)].map(([, name]) => name!)
  return { metrics: metrics.filter((name) => !WORDS.has(name)), labels }
}

test('names are found in expressions of every form that is used', () => {
  expect(
    namesIn(
      'histogram_quantile(0.99, sum by (service, le) (rate(a_bucket{x=~"$y", z!="q"}[5m]))) / b > 1 or vector(0)',
    ),
  ).toEqual({ metrics: ['a_bucket', 'b'], labels: ['x', 'z', 'service', 'le'] })
})

test.each(expressions)('%s: %s', (_, expression) => {
  const { metrics, labels } = namesIn(expression)
  expect(metrics.filter((name) => !known.names.has(name))).toEqual([])
  expect(labels.filter((label) => !known.labels.has(label))).toEqual([])
  expect(metrics.length).toBeGreaterThan(0)
})

describe('what is provisioned fits together', () => {
  const provisioned = (file: string) => parse(readFileSync(join(ROOT, 'deploy/compose', file), 'utf8'))
  const { services } = composeFile()

  test('every panel asks the data source that there is, and panels do not share an id', () => {
    const { datasources } = provisioned('grafana/datasources/prometheus.yml')
    for (const { title, targets } of panels)
      for (const { datasource } of targets!)
        expect([title, datasource.uid]).toEqual([title, datasources[0].uid])
    for (const { panels: list } of dashboards) {
      const ids = (list as Panel[]).map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
    }
    expect(datasources[0].url).toBe('http://prometheus:9090')
  })

  test('the dashboards that the house asks for are there: lag, parked, escrow, request times', () => {
    const asked = [
      'relay_lag_seconds',
      'relay_lag_rows',
      'consumer_lag_messages',
      'parked_messages',
      'ledger_unbalanced_practices',
    ]
    const times = ['http_request_duration_seconds_bucket', 'grpc_request_duration_seconds_bucket']
    const shown = new Set(
      panels.flatMap(({ targets }) => targets!.flatMap(({ expr }) => namesIn(expr).metrics)),
    )
    for (const metric of [...asked, ...times]) expect(shown).toContain(metric)
  })

  test('Prometheus asks every service, and the folders are mounted where the settings say', () => {
    const { scrape_configs: jobs, rule_files: rules } = provisioned('prometheus/prometheus.yml')
    expect(jobs[0].dns_sd_configs[0]).toMatchObject({
      names: ['scheduler', 'ehr', 'billing', 'imaging'],
      port: 8080,
    })
    expect(rules).toEqual(['alerts.yml'])
    const { path } = provisioned('grafana/dashboards/praxisbus.yml').providers[0].options
    expect(services.grafana!.volumes).toContain(`./deploy/dashboards:${path}:ro`)
    const home = String(services.grafana!.environment!.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH)
    expect(readdirSync(DASHBOARDS).map((file) => `${path}/${file}`)).toContain(home)
  })

  test('each alert says what is wrong and what to do', () => {
    for (const { alert, annotations } of alerts) {
      expect([alert, annotations]).toEqual([
        alert,
        { summary: expect.any(String), action: expect.any(String) },
      ])
    }
  })
})
