import type { Arrived } from './arrivals.ts';

const answerBoundMs = 5_000;

async function get<T>(url: string): Promise<T> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(answerBoundMs) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return (await answer.json()) as T;
}

/** Whether something answers at an address, and well. */
export async function answersWell(url: string): Promise<boolean> {
  try {
    await get(url);
    return true;
  } catch {
    return false;
  }
}

/** The id of the newest message; ids only grow. */
export async function newestMessage(inbox: string): Promise<number> {
  const { newest } = await get<{ newest: number }>(`${inbox}/api/summaries?limit=1`);
  return newest;
}

/** The messages behind an id. */
export async function messagesSince(inbox: string, newest: number): Promise<readonly Arrived[]> {
  const messages = await get<readonly Arrived[]>(`${inbox}/api/messages`);
  return messages.filter(({ id }) => Number(id) > newest);
}
