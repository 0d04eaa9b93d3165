import type { SeenEvent } from '../../schemas/generated/records.ts';
import { topics } from '../../schemas/topics.ts';
import { id, type Mapped, text, toRow } from './cells.ts';
import type { Place } from './rows.ts';

export type FanOutCommandRow = {
  readonly event_type: string;
  readonly event_id: string;
  readonly partition: number;
  readonly command_offset: number;
  readonly noted_offset: number;
};

/** Whether an entry of the memory is of a command for listed people, who are no fan-out. */
export const isOfListed = (value: unknown): boolean =>
  (value as SeenEvent).input.topic !== topics.broadcastCommands.name;

/** The memory's id is the kind and the id of the event; a fan-out is never cut in parts. */
export function fanOutCommandRow(value: SeenEvent, place: Place): Mapped<FanOutCommandRow> {
  const end = value.id.indexOf(':');
  return toRow({
    event_type: text(value.id.slice(0, end)),
    event_id: id(value.id.slice(end + 1)),
    partition: value.input.partition,
    command_offset: value.input.offset,
    noted_offset: place.offset,
  });
}
