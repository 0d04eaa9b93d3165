import { type PlannedCommand, planOf } from '../../rules/request-plan.ts';
import type { NotificationRequested } from '../../schemas/generated/records.ts';
import type { Outcome } from '../http/problem.ts';
import type { GatewayTables } from '../read/tables.ts';

/**
 * The command that a request comes to by the processors' own rules; 422 where they would set it
 * aside, or decline everybody.
 */
export function plannedCommand(
  request: NotificationRequested,
  tables: Pick<GatewayTables, 'movies' | 'templates'>,
): Outcome<PlannedCommand> {
  const plan = planOf(request, tables);
  if (plan.kind === 'planned') return { ok: true, value: plan.command };
  const why = plan.kind === 'refused' ? plan.reason : (plan.detail ?? plan.reason);
  return { ok: false, problem: { status: 422, detail: `Nobody could be written to: ${why}.` } };
}

/**
 * The requests of one announcement as one command with a template for each channel: the people are
 * the same, so they are gone through once.
 */
export function plannedTogether(
  requests: readonly NotificationRequested[],
  tables: Pick<GatewayTables, 'movies' | 'templates'>,
): Outcome<PlannedCommand> {
  const commands: PlannedCommand[] = [];
  for (const request of requests) {
    const planned = plannedCommand(request, tables);
    if (!planned.ok) return planned;
    commands.push(planned.value);
  }
  const [first] = commands;
  if (!first) throw new RangeError('an announcement has a channel');
  return { ok: true, value: { ...first, templates: commands.flatMap((each) => each.templates) } };
}
