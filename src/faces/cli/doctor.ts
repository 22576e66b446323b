// `contrail doctor`: is this installation well? Exits with 1 when something is wrong. Opening a store upgrades it.

import { existsSync } from 'node:fs'
import { access, constants, stat, statfs } from 'node:fs/promises'
import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { databasePath, isLoopback, libraryPath } from '../../config.ts'
import type { Config } from '../../config.ts'
import { listAccounts } from '../../core/accounts/account.ts'
import { checkTotals } from '../../core/erasure/check-totals.ts'
import { hasDemo } from '../../core/demo/demo-data.ts'
import { examineLibrary } from '../../core/library/sweep.ts'
import { sql } from '../../db/sql.ts'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { addDoctorMail } from './doctor-mail.ts'
import { renderFinding } from './finding.ts'
import type { Finding } from './finding.ts'
import { settingsOf, withSettings } from './options.ts'

interface DoctorOptions extends Record<string, unknown> {
  json?: boolean
  full?: boolean
  totals?: boolean
}

export function addDoctor(program: Command, context: CliContext): void {
  const doctor = program.command('doctor')
  withSettings(doctor.summary('check runtime, settings, database, disk and clock'), ['dataDir', 'host', 'publicHost'])
    .option('--json', 'one JSON object a line')
    .option('--full', 'check every page of the database, which reads all of it')
    .option('--totals', 'count every event of every campaign one by one, erased ones too, against what is shown')
    .action((options: DoctorOptions) => examine(context, options))
  addDoctorMail(doctor, context)
}

async function examine(context: CliContext, options: DoctorOptions): Promise<void> {
  const findings: Finding[] = [checkRuntime()]
  const config = context.readConfig(settingsOf(options))
  findings.push(...checkVariables(context.unknownVariables), ...(await checkFolder(config)))
  if (findings.every(({ verdict }) => verdict !== 'fail')) {
    findings.push(...(await checkStore(context, config, options)))
  }
  for (const finding of findings)
    await print(context, options.json ? JSON.stringify(finding) : renderFinding(context, finding))
  if (findings.some(({ verdict }) => verdict === 'fail')) context.exitCode = 1
}

function checkRuntime(): Finding {
  const { node, sqlite } = process.versions
  return {
    check: 'runtime',
    verdict: 'ok',
    detail: `Node ${node}, SQLite ${sqlite}, ${process.platform} ${process.arch}`,
  }
}

function checkVariables(unknown: readonly string[]): Finding[] {
  if (unknown.length === 0) return [{ check: 'settings', verdict: 'ok', detail: 'all variables are known' }]
  return unknown.map((name) => ({ check: 'settings', verdict: 'warn', detail: `${name} is no setting of Contrail` }))
}

async function checkFolder(config: Config): Promise<Finding[]> {
  const folder = await stat(config.dataDir).catch(() => undefined)
  if (!folder)
    return [
      { check: 'folder', verdict: 'fail', detail: `${config.dataDir} does not exist yet: "contrail serve" creates it` },
    ]
  const isWritable = await access(config.dataDir, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  if (!isWritable) return [{ check: 'folder', verdict: 'fail', detail: `${config.dataDir} can't be written to` }]
  const isOpen = process.platform !== 'win32' && (folder.mode & 0o077) !== 0
  const findings: Finding[] = [
    isOpen
      ? {
          check: 'folder',
          verdict: 'warn',
          detail: `${config.dataDir} can be read by other users of this machine: chmod 700 it`,
        }
      : { check: 'folder', verdict: 'ok', detail: config.dataDir },
  ]
  const disk = await statfs(config.dataDir)
  const free = disk.bavail * disk.bsize
  const verdict = free < 100 * 2 ** 20 ? 'fail' : free < 2 ** 30 ? 'warn' : 'ok'
  return [...findings, { check: 'disk', verdict, detail: `${(free / 2 ** 30).toFixed(1)} GB free` }]
}

async function checkStore(context: CliContext, config: Config, options: DoctorOptions): Promise<Finding[]> {
  const isEmbedded = config.databaseUrl === undefined
  if (isEmbedded && !existsSync(databasePath(config)))
    return [
      {
        check: 'database',
        verdict: 'fail',
        detail: `there is none in ${config.dataDir} yet: "contrail serve" creates it`,
      },
    ]
  try {
    await using app = await context.openApp(config)
    const findings = [
      await checkIntegrity(app, options.full === true),
      await checkSpool(app),
      await checkLibrary(app),
      await checkClock(app),
    ]
    if (options.totals) findings.push(...(await checkCampaigns(app)))
    return [...findings, await checkDemo(app)]
  } catch (error) {
    return [{ check: 'database', verdict: 'fail', detail: (error as Error).message }]
  }
}

async function checkIntegrity({ db }: App, isFull: boolean): Promise<Finding> {
  const { isSound, detail } = await db.examine(isFull)
  return { check: 'database', verdict: isSound ? 'ok' : 'fail', detail }
}

async function checkSpool({ tracking }: App): Promise<Finding> {
  const { hits, oldestAt, setAside, error } = await tracking.spool.examine()
  const parts = [`${hits} hits wait for the store`]
  if (oldestAt !== undefined) parts.push(`the oldest since ${new Date(oldestAt).toISOString()}`)
  if (setAside > 0) parts.push(`${setAside} were set aside, because the store refuses them: ${error}`)
  return { check: 'spool', verdict: hits + setAside > 0 ? 'warn' : 'ok', detail: parts.join('; ') }
}

async function checkLibrary({ db, config }: App): Promise<Finding> {
  const { images, bytes, damaged, unnamed } = await examineLibrary(db, libraryPath(config))
  const parts = [`${images} images, ${(bytes / 2 ** 20).toFixed(1)} MB`]
  if (damaged > 0) parts.push(`the bytes of ${damaged} are lost or damaged: upload them again`)
  if (unnamed > 0) parts.push(`${unnamed} files belong to none: the next start removes those older than an hour`)
  return { check: 'library', verdict: damaged > 0 ? 'fail' : unnamed > 0 ? 'warn' : 'ok', detail: parts.join('; ') }
}

async function checkClock({ db, now }: App): Promise<Finding> {
  let last = now()
  for (const { accountId } of await listAccounts(db)) last = Math.max(last, await lastRecordedAt(db, accountId, last))
  const ahead = last - now()
  if (ahead > 0)
    return {
      check: 'clock',
      verdict: 'fail',
      detail: `the clock says ${new Date(now()).toISOString()}, but events were recorded ${Math.ceil(ahead / 1000)} s later than that`,
    }
  return { check: 'clock', verdict: 'ok', detail: new Date(now()).toISOString() }
}

// Asks for what is ahead only, which the index of receipt times answers on every engine.
async function lastRecordedAt(db: App['db'], accountId: number, behind: number): Promise<number> {
  const row = await db.one<{ last: number | null }>(
    sql`select max(recorded_at) as last from event where account_id = ${accountId} and recorded_at > ${behind}`,
  )
  return row?.last ?? 0
}

/** One finding for all that is well, and one for each campaign that is not. */
async function checkCampaigns({ db }: App): Promise<Finding[]> {
  const findings: Finding[] = []
  let [campaigns, events] = [0, 0]
  for (const { accountId, username } of await listAccounts(db)) {
    for await (const { campaignId, events: count, faults, isBusy } of checkTotals(db, accountId)) {
      campaigns++
      events += count
      const name = `campaign ${campaignId} of ${username}`
      if (isBusy)
        findings.push({ check: 'totals', verdict: 'warn', detail: `${name}: too busy to be counted, try again` })
      if (faults.length > 0)
        findings.push({ check: 'totals', verdict: 'fail', detail: `${name}: ${faults.join('; ')}` })
    }
  }
  const detail = `${events} events of ${campaigns} campaigns looked at`
  return [...findings, { check: 'totals', verdict: 'ok', detail }]
}

async function checkDemo({ db, config }: App): Promise<Finding> {
  if (!(await hasDemo(db)))
    return { check: 'exposure', verdict: 'ok', detail: `listens on ${config.host}, no demo account` }
  if (isLoopback(config.host))
    return {
      check: 'exposure',
      verdict: 'warn',
      detail: 'holds the demo account, whose password anybody knows; served on loopback only',
    }
  return {
    check: 'exposure',
    verdict: 'fail',
    detail: `CONTRAIL_HOST is ${config.host}, but this database holds the demo account`,
  }
}
