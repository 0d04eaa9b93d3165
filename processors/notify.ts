import { interests, peopleOf } from '../rules/people.ts';
import { cursor, defineProcessor, indexed } from '../runtime/processor.ts';
import { type Topic, topics } from '../schemas/topics.ts';
import { fanOut } from './fan-out.ts';
import { notificationsFor } from './notifications.ts';
import { commandsOnce } from './once.ts';

const laneOf = (topic: Topic) => (topic.name === topics.broadcastCommands.name ? 'bulk' : 'direct');

/**
 * One rendered notification per person and channel, in chunks that can be resumed: after a crash
 * the work goes on behind the last person that was committed.
 */
export const notify = defineProcessor({
  name: 'notify',
  inputs: [topics.directCommands, topics.broadcastCommands],
  tables: {
    users: indexed(topics.users, interests),
    preferences: indexed(topics.preferences),
    suppressions: indexed(topics.suppressions),
  },
  globals: {},
  outputs: [
    topics.emailNotifications,
    topics.smsNotifications,
    topics.messengerNotifications,
    topics.emailNotificationsBulk,
    topics.smsNotificationsBulk,
    topics.messengerNotificationsBulk,
    topics.notificationDecisions,
  ],
  once: commandsOnce,

  *process({ topic, value: command }, { tables, resumeAfter }) {
    const lane = laneOf(topic);
    for (const person of peopleOf(command, tables.users, resumeAfter)) {
      yield* notificationsFor(person, { command, lane, tables });
      yield cursor(person.cursor);
    }
  },

  fanOut: ({ topic, value: command }, context) => fanOut({ command, lane: laneOf(topic), context }),
});
