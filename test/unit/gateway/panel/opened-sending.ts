import type {
  Claim,
  Claimed,
  IdempotentAnswers,
} from '../../../../gateway/credentials/idempotent-answers.ts';
import type { User } from '../../../../schemas/generated/records.ts';
import { anna, tables } from '../built-gateway.ts';
import { memoryPeople } from '../memory-people.ts';
import { askPanel } from './asked-panel.ts';
import { panelParts, viewer } from './panel-parts.ts';

/** What somebody might try to make a page of. */
export const hostile = `<script>alert(1)</script>"'{{constructor}}`;
/** Of a form that was opened. */
export const key = '0199cccc-0000-7000-8000-000000000001';
const clara: User = {
  ...anna,
  id: '3',
  fullName: hostile,
  locale: 'en',
  phone: '+79160000003',
  channels: ['email', 'sms'],
};
const boris: User = { ...anna, id: '2', email: null };

/** Claims of one gateway, as PostgreSQL keeps them. */
export function memoryAnswers(): IdempotentAnswers {
  const done = new Map<string, string | null>();
  return {
    claim: async ({ claimHash }: Claim): Promise<Claimed> => {
      const sealed = done.get(claimHash);
      if (sealed !== undefined) return sealed ? { kind: 'answered', sealed } : { kind: 'atWork' };
      done.set(claimHash, null);
      return { kind: 'ours' };
    },
    keep: async ({ claimHash }, sealed) => void done.set(claimHash, sealed),
    release: async ({ claimHash }) => void done.delete(claimHash),
    clean: async () => undefined,
  };
}

/** The panel with three people: Anna, Boris without an address, and one with a hostile name. */
export async function openPanel(identity = viewer, rows = tables) {
  const people = await memoryPeople({ users: [anna, boris, clara] });
  const { sessions } = panelParts();
  const source = { tables: () => rows, progress: () => ({ restored: 1, total: 1 }) };
  const gateway = { people: () => people, answers: memoryAnswers(), source };
  return askPanel({ sessions: { ...sessions, personOf: async () => identity } }, gateway);
}

const byTemplate = { key, kind: 'template', template_id: '1', about_id: '1' };
/** A template to three people, of whom one has no address, and to nobody. */
export const toThree = { ...byTemplate, who: 'listed', ids: '1\n2\n3\n404' };
/** The same, looked at and confirmed. */
export const confirmed = { ...toThree, counted: '2', people: '4', typed: '2' };
